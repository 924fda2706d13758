"""What is promised of an index on a disk, promised of one in Milvus: the same tests, unchanged."""

from tests.rag.test_copies import *  # noqa: F403
from tests.rag.test_filters import *  # noqa: F403
from tests.rag.test_retriever import *  # noqa: F403
