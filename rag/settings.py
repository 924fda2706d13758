"""Settings: command line, then environment `IBID_*`, then `ibid.toml`, then the defaults."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import BadConfiguration
from rag.wrong_setting import remedy, told

FILE = "ibid.toml"
PREFIX = "IBID_"
# As a request names it, without scheme and port; `*` for any.
HostName = Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$")]


class Settings(BaseSettings):
    """Everything that can be set, with its default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        toml_file=FILE,
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
    )

    data: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("ibid", appauthor=False)),
        description="Folder for the index and the embedding cache.",
    )
    index: str | None = Field(
        default=None,
        pattern=r"^milvus://[A-Za-z0-9.:\[\]-]+/[A-Za-z_][A-Za-z0-9_]{0,99}$",
        description="milvus://HOST:PORT/NAME for an index in Milvus; without it, in the data folder.",
    )
    index_token: SecretStr | None = Field(default=None, description="Milvus's token, `user:password`.")
    model: str = Field(default="bundled", description='"bundled", a folder, or a hub id.')
    query_prefix: str | None = Field(default=None, description="Put before questions, for hub models.")
    passage_prefix: str | None = Field(default=None, description="Put before passages, for hub models.")
    ray: str | None = Field(
        default=None,
        description="Address of a Ray cluster whose machines embed the passages; `local` for this one alone.",
    )
    # Success@1 of the development half, English / French: 120 tokens 0.71 / 0.81, 160 0.78 / 0.83, 200
    # 0.74 / 0.83; the longer the passage, the more sentences to tell the answering one from.
    passage_tokens: int = Field(
        default=160, ge=16, le=200, description="Words and marks of a passage, at most."
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the server listens on; 0 for any.")
    allowed_hosts: Annotated[tuple[HostName, ...], NoDecode] = Field(
        default=(),
        description="Host names the server answers to, besides this machine's own; commas between them.",
    )
    api_key_sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of the API key; needed to listen beyond this machine.",
    )
    rate_limit_per_minute: int = Field(default=600, ge=1, description="Questions a minute from one client.")
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes that answer; each has its own queue and limits."
    )
    queue_limit: int = Field(default=64, ge=1, description="Questions waiting at most; more are refused.")
    llm_url: str | None = Field(
        default=None,
        pattern="^https?://[^ ]+$",
        description="Address of an OpenAI-compatible API (…/v1) that composes prose; none by default.",
    )
    llm_model: str = Field(default="default", description="Name of the model there.")
    llm_key: SecretStr | None = Field(default=None, description="Its API key.")
    # A guess, not measured: on two cores a model reads five passages for tens of seconds before it speaks.
    llm_patience_seconds: float = Field(
        default=60, gt=0, le=600, description="Silence of the model after which passages stand alone."
    )

    log_questions: bool = Field(default=False, description="Write the questions into the log.")

    _given: frozenset[str] = frozenset()
    """Names of those given on the command line."""

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        """Take names with commas between them for a list; JSON, which was the only form once, as well."""
        if not isinstance(value, str):
            return value
        try:
            listed = json.loads(value)
        except ValueError:
            listed = None
        return listed if isinstance(listed, list) else [name.strip() for name in value.split(",")]

    @property
    def address(self) -> str:
        """Return where the server is found, "http://127.0.0.1:8000"."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read no `.env` and no secrets folder: two places fewer to look for a value."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - the fields' own types
    """Return the settings in force; overrides of None are left out.

    Raises:
        BadConfiguration: naming every wrong value, where it stands and what is allowed.

    """
    given = {key: value for key, value in overrides.items() if value is not None}
    unknown = [name for name in os.environ if _is_unknown_variable(name)]
    if unknown:
        message = f"unknown environment variable {', '.join(sorted(unknown))}"
        raise BadConfiguration(message, f"known are {', '.join(map(variable, Settings.model_fields))}")
    try:
        settings = Settings(**given)
        settings._given = frozenset(given)
        return settings
    except ValidationError as error:
        wrong = error.errors()
        problems = "; ".join(f"{_place(e['loc'], given)}: {told(e)}" for e in wrong)
        raise BadConfiguration(problems, remedy(wrong, Settings.model_fields)) from None
    except (ValueError, OSError) as error:  # not TOML, no right to read
        raise BadConfiguration(f"{FILE} or environment: {error}", "correct it") from None


def variable(field: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + field.upper()


def origin(field: str, settings: Settings) -> str:
    """Return where the value of a setting comes from, for display."""
    if field in settings._given:
        return "command line"
    if os.environ.get(variable(field)):
        return variable(field)
    return FILE if field in settings.model_fields_set else "default"


def _is_unknown_variable(name: str) -> bool:
    return name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in Settings.model_fields


def _place(location: tuple[int | str, ...], given: dict[str, Any]) -> str:
    field = str(location[0]) if location else ""
    if field in given:
        return f"--{field.replace('_', '-')}"
    if variable(field) in os.environ:
        return variable(field)
    return f"{FILE}, key {'.'.join(map(str, location))!r}"
