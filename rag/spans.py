"""A span: a half-open range of code points in a stored text."""

from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]`, in code points of the text it belongs to."""

    start: int
    end: int

    def slice(self, text: str) -> str:
        """Return the words themselves."""
        return text[self.start : self.end]

    def shifted(self, offset: int) -> "Span":
        """Return the same range counted from another origin."""
        return Span(self.start + offset, self.end + offset)

    def overlap(self, other: "Span") -> int:
        """Return the number of code points common to both."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))
