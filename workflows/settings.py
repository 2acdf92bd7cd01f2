"""What is set from outside: mode, address, database, folders, the mail server."""

from __future__ import annotations

from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DATABASES = ("sqlite", "postgresql")
ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """Sample: generated district, listed accounts, a movable clock. Production: none of these."""

    SAMPLE = "sample"
    PRODUCTION = "production"


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    SSL = "ssl"


class Settings(BaseSettings):
    """Read from `BIHUAN_*` in the environment or from `.env`; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_", env_file=".env", extra="ignore")

    mode: Mode = Mode.SAMPLE
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    data_dir: Path = ROOT / "var"
    database_url: str = ""
    base_url: str = ""
    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Security = Security.STARTTLS
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: Annotated[str, Field(validate_default=True)] = ""
    smtp_timeout: Annotated[float, Field(gt=0, le=300)] = 15
    smtp_ca_file: Path | None = None
    allow_private_webhooks: bool = False

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        try:
            if url and make_url(url).get_backend_name() not in DATABASES:
                raise ValueError(f"expected one of {', '.join(DATABASES)}")
        except ArgumentError as error:
            raise ValueError("expected an address like postgresql://name@host/database") from error
        return url

    @field_validator("smtp_from")
    @classmethod
    def _a_sender(cls, sender: str, info: ValidationInfo) -> str:
        if info.data.get("smtp_host") and "@" not in parseaddr(sender)[1]:
            raise ValueError("a mail server needs a sender, such as bihuan@example.gov.cn")
        return sender

    @property
    def url(self) -> str:
        """The database address: as set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'bihuan.db'}"

    @property
    def address(self) -> str:
        """Where people reach the pages, for links in messages; without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def evidence_dir(self) -> Path:
        """Where evidence files lie, named by their sha256."""
        return self.data_dir / "evidence"

    @property
    def import_dir(self) -> Path:
        """Where register files lie, named by their sha256."""
        return self.data_dir / "imports"

    @property
    def is_sample(self) -> bool:
        return self.mode is Mode.SAMPLE


@lru_cache(1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
