"""An option or argument that is wrong: its value, its place and what it is for, in our own words."""

from typing import Any

import typer
from typer.core import TyperGroup

from rag.errors import WrongOption


class Commands(TyperGroup):
    """Commands of which a wrong option is told as every other error is."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the library keeps its type to itself
        """Run a command. Raises WrongOption where an option or an argument is none."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            told = ": ".join(filter(None, (_place(error), _wrong(error))))
            raise WrongOption(told, _remedy(error)) from None


def _place(error: typer.BadParameter) -> str:
    if error.param_hint is not None:
        return error.param_hint if isinstance(error.param_hint, str) else ", ".join(error.param_hint)
    return "/".join(error.param.opts) if error.param else ""


def _wrong(error: typer.BadParameter) -> str:
    from pydantic import ValidationError  # not before: it takes its time

    from rag.wrong_setting import told

    if isinstance(error.__cause__, ValidationError):
        return told(error.__cause__.errors()[0])
    return error.message or "not given"


def _remedy(error: typer.BadParameter) -> str:
    if purpose := getattr(error.param, "help", None):
        return f"{'correct' if error.message else 'give'} it; {_place(error)}: {purpose}"
    return f"see {error.ctx.command_path} --help" if error.ctx else ""
