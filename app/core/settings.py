"""Every setting of the system, read once from the environment; what is wrong stops the start."""

import os
import tempfile
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.fault import Fault
from app.core.keys import KeyFault, check_p256, kept_p256

PREFIX = "IMI_"


class SettingsError(Fault):
    """The settings do not allow a start; the text has one plain sentence per fault."""


class Settings(BaseSettings):
    """Set each by its name in capitals after `IMI_`; the two database URLs have no prefix."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, populate_by_name=True, extra="forbid")

    mode: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = ""
    trusted_proxies: str = ""

    database_url: str | None = Field(None, validation_alias="DATABASE_URL", repr=False)
    app_database_url: str | None = Field(None, validation_alias="APP_DATABASE_URL", repr=False)
    data_dir: Path = Field(default_factory=lambda: default_data_dir())
    files_url: str = ""
    worker_inside: bool = True

    signing_key: SecretStr | None = None
    access_token_minutes: int = Field(15, ge=1, le=60)
    refresh_token_days: int = Field(14, ge=1, le=90)

    smtp_url: str | None = Field(None, repr=False)
    mail_from: str = "calls@localhost"

    body_limit: int = Field(1024 * 1024, ge=1024)
    upload_limit: int = Field(50 * 1024 * 1024, ge=1024)
    proposal_limit: int = Field(200 * 1024 * 1024, ge=1024)
    longest_request_seconds: int = Field(120, ge=1)

    rehearsal: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        self.public_url = (self.public_url or f"http://{host}:{self.port}").rstrip("/")
        self.files_url = self.files_url or (self.data_dir.absolute() / "files").as_uri()
        return self

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if faults := list(_faults(self)):
            raise PydanticCustomError("faults", "{text}", {"text": "\n".join(faults)})
        return self

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def has_key(self) -> bool:
        """Whether there is a signing key already; `key` makes one if there is none."""
        return self.signing_key is not None or self._kept_key.exists()

    @property
    def _kept_key(self) -> Path:
        return self.data_dir / "signing-key.pem"

    @cached_property
    def key(self) -> str:
        """The private key (PEM, P-256) that signs access tokens and receipts."""
        if self.signing_key is not None:
            return self.signing_key.get_secret_value()
        try:
            private_folder(self.data_dir)
            return kept_p256(self._kept_key)
        except KeyFault as fault:
            raise SettingsError(str(fault)) from None


def load_settings(**overrides: Any) -> Settings:
    """Read the environment; `overrides` win. Raises SettingsError."""
    known = {_variable(name) for name in Settings.model_fields}
    faults = [_unknown(name, known) for name in sorted(_own_variables()) if name not in known]
    if faults:
        raise SettingsError("\n".join(faults))
    try:
        return Settings(**overrides)
    except ValidationError as error:
        # The rejected value is left out on purpose: it may be a key or a password.
        sentences = [_sentence(fault["loc"], fault["msg"]) for fault in error.errors()]
    raise SettingsError("\n".join(sentences))


def private_folder(path: Path) -> Path:
    """Create `path` for this user alone. Raises SettingsError if it is somebody else's."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = path.stat().st_uid
    except OSError as error:
        raise SettingsError(f"The folder {path} cannot be used: {error.strerror}.") from None
    if owner != os.geteuid():
        raise SettingsError(f"The folder {path} belongs to another user; set IMI_DATA_DIR to your own.")
    return path


def default_data_dir() -> Path:
    """Root's data stays out of homes, because the database server runs as another user."""
    if os.geteuid() == 0:
        return Path("/var/lib/imi")
    home = Path.home()
    if os.access(home, os.W_OK):
        return home / ".local" / "share" / "imi"
    return Path(tempfile.gettempdir()) / f"imi-{os.geteuid()}"


def _faults(settings: Settings) -> Iterator[str]:
    if settings.signing_key is not None:
        try:
            check_p256(settings.signing_key.get_secret_value())
        except KeyFault as fault:
            yield f"IMI_SIGNING_KEY {fault}"
    if settings.app_database_url and not settings.database_url:
        yield "APP_DATABASE_URL is set without DATABASE_URL."
    if not settings.production:
        return
    if settings.signing_key is None:
        yield "IMI_SIGNING_KEY is missing: production needs a private key (PEM, P-256)."
    if settings.database_url is None:
        yield "DATABASE_URL is missing: production does not run on the embedded PostgreSQL."
    if settings.rehearsal:
        yield "IMI_REHEARSAL is on: production does not run in rehearsal mode."
    if settings.smtp_url is None:
        yield "IMI_SMTP_URL is missing: production does not count letters as sent without sending them."
    if not settings.public_url.startswith("https://"):
        yield "IMI_PUBLIC_URL must start with https:// in production."


def _own_variables() -> Iterator[str]:
    # IMI_TEST_… belongs to the test suite.
    yield from (n for n in os.environ if n.startswith(PREFIX) and not n.startswith("IMI_TEST_"))


def _unknown(name: str, known: set[str]) -> str:
    # A misspelt IMI_MODE would otherwise start development in silence.
    near = get_close_matches(name, known, n=1)
    return f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ".")


def _variable(name: str) -> str:
    field = Settings.model_fields.get(name)
    alias = field.validation_alias if field else None
    return alias if isinstance(alias, str) else name if name.isupper() else PREFIX + name.upper()


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    if not place:
        return message
    return f"{_variable(str(place[0]))} is wrong: {message[0].lower()}{message[1:]}."
