"""Articles, passages, search and evidence. Knows nothing of HTTP."""
