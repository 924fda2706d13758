"""An index in Milvus, for a corpus that outgrows one machine. Needs the extra `milvus`."""
