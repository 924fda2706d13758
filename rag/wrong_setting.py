"""A setting that is wrong: what is wrong with it, and what it is for, in our own words."""

from collections.abc import Iterable, Mapping

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

# By pydantic's names of errors, or what these begin with.
WRONG = {
    "int": "{value} is no whole number",
    "float": "{value} is no number",
    "bool": "{value} is neither true nor false",
    "string_type": "{value} is no text",
    "tuple": "{value} is no list of texts",
    "path": "{value} is no path",
    "extra": "there is no such setting",
    "string_pattern_mismatch": "{value} does not have the form it needs",
    "greater_than_equal": "{value} is less than {ge}",
    "greater_than": "{value} is not more than {gt:g}",
    "less_than_equal": "{value} is more than {le}",
    "value_error": "{error}",
}
# Keys, and addresses that may hold a password: they are not to stand in a log.
UNTOLD = frozenset({"api_key_sha256", "index", "index_token", "llm_key", "llm_url"})
LONGEST = 60  # characters of a value that are repeated


def told(error: ErrorDetails) -> str:
    """Return a wrong value and what is wrong with it."""
    kind = error["type"]
    words = WRONG.get(kind) or WRONG.get(kind.split("_")[0])
    if words is None:
        return error["msg"]
    written = repr(str(error["input"]))
    value = written if len(written) <= LONGEST else f"{written[:LONGEST]}…"
    if UNTOLD.intersection(error["loc"][:1]):
        value = "the value"
    return words.format(value=value, **error.get("ctx", {}))


def remedy(errors: Iterable[ErrorDetails], known: Mapping[str, FieldInfo]) -> str:
    """Return what the wrong settings are for and, where one is unknown, which are known."""
    names = dict.fromkeys(str(error["loc"][0]) for error in errors)
    lines = [f"{name}: {known[name].description}" for name in names if name in known]
    if len(lines) < len(names):
        lines.append(f"known are {', '.join(known)}")
    return "correct it; " + "; ".join(lines)
