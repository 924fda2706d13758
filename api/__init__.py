"""HTTP: the service and its page. Knows nothing of how passages are found."""
