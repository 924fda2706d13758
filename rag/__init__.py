"""Articles, passages, search and evidence. Knows nothing of HTTP."""

import os

# Before numpy is loaded: threads for products of a few thousand rows cost three times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
