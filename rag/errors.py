"""Every error a user can meet, with the exit code of the command line.

IbidError            1
├── WrongOption      2   an option or an argument of the command line is wrong
├── BadData         65   an article, a gold set or a filter cannot be read
├── NoInput         66   there is nothing to index
├── EndpointFailed  69   the language model does not answer as it should
├── IndexUnreachable 69  the index lies in Milvus, which does not answer as it should
├── CannotWrite     74   a file cannot be written (disk full, rights)
├── Locked          75   another run is writing
├── BadConfiguration 78  a setting is unknown or wrong
└── SnapshotError   78   there is no index that can be used
    ├── SnapshotMissing
    ├── SnapshotDamaged   a file does not match the manifest
    └── SnapshotMismatch  made by another model, format or setting
"""


class IbidError(Exception):
    """The message names value and place, `remedy` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class WrongOption(IbidError):
    """An option or an argument of the command line is wrong or missing."""

    exit_code = 2


class BadData(IbidError):
    """An input file holds something that cannot be understood."""

    exit_code = 65


class NoInput(IbidError):
    """None of the given paths holds an article."""

    exit_code = 66


class EndpointFailed(IbidError):
    """The language model cannot be reached, or does not answer as it should."""

    exit_code = 69


class IndexUnreachable(IbidError):
    """The index lies in Milvus, which cannot be reached or no longer holds it."""

    exit_code = 69


class CannotWrite(IbidError):
    """A file or folder cannot be written."""

    exit_code = 74


class Locked(IbidError):
    """Another process is writing to the same data folder."""

    exit_code = 75


class BadConfiguration(IbidError):
    """A setting is unknown, malformed or out of range."""

    exit_code = 78


class SnapshotError(IbidError):
    """There is no index that can be used as it is."""

    exit_code = 78


class SnapshotMissing(SnapshotError):
    """No index has been built yet."""


class SnapshotDamaged(SnapshotError):
    """A file of the index is missing or not what the manifest says."""


class SnapshotMismatch(SnapshotError):
    """The index was made by another model, format or setting."""
