"""What can go wrong with a model.

EncoderError
├── ModelNotFound   the folder or hub model does not exist here
├── ModelDamaged    a file of the model is truncated, altered or not a model
└── MissingExtra    the library that the model needs is not installed
"""


class EncoderError(Exception):
    """A model cannot be used; the message says why, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class ModelNotFound(EncoderError):
    """No model at the given path or under the given name."""


class ModelDamaged(EncoderError):
    """A file of the model is missing, truncated or altered."""


class MissingExtra(EncoderError):
    """A library needed for this kind of model is not installed."""
