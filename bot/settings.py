"""Every setting, read from the environment and `.env`; a careless start is refused with a sentence."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

PROCEDURES = Path(__file__).parents[1] / "procedures"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MOTCUA_", env_file=".env", extra="ignore")

    token: SecretStr = Field(SecretStr(""), description="The bot's token, from @BotFather.")
    database_url: str = Field(
        "sqlite:///motcua.sqlite3",
        validation_alias="DATABASE_URL",
        description="Where everything is kept.",
    )
    procedures_dir: Path = Field(PROCEDURES, description="The catalogue's folder.")
    desk_group_id: int | None = Field(
        None, description="The officers' group; leave empty and use /gannhom in the group."
    )
    desk_code: SecretStr = Field(
        SecretStr(""), description="The code that binds a group: /gannhom CODE. Empty: command off."
    )
    grace_seconds: int = Field(
        60, ge=0, description="How long a citizen may stop a question before officers get it."
    )
    reopen_days: int = Field(
        7, ge=0, description="How long after closing a citizen's message reopens the ticket."
    )
    most_wrong: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Share of questions that may get a wrong answer; not set: 0.02.",
    )
    webhook_url: str = Field("", description="Public address; empty: polling.")
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="Telegram shows it with each update."
    )
    listen: str = Field("127.0.0.1:8080", description="Address of the webhook server.")
    telegram_api: str = Field(
        "https://api.telegram.org", description="Another Bot API server: a local one, a rehearsal."
    )
    messages_per_second: float = Field(30, gt=0, description="Telegram's limit over all chats.")
    group_messages_per_minute: int = Field(20, gt=0, description="Telegram's limit in one group.")

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_seconds)

    @property
    def reopen_within(self) -> timedelta:
        return timedelta(days=self.reopen_days)


def read_settings() -> Settings:
    """The settings, or a `SettingsError` that names the wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in wrong["loc"])
        raise SettingsError(f"setting {name}: {wrong['msg']}; see .env.example") from error
