"""The exception of a file, or of a part of one, that is no article."""


class Refused(Exception):
    """What was given is no article; holds a short reason and what was seen."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail
