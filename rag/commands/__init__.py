"""The commands, one noun a file: what can be given to each, and what it calls.

All else is imported inside the commands: `ibid --help` and a wrong option then answer at once,
and `ibid ask` loads neither the server nor the indexer.
"""
