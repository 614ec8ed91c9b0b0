"""`motcua doctor`: what a go-live needs, checked one by one, each with what to do when it is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from telegram import Bot, ChatMemberAdministrator
from telegram.error import InvalidToken, TelegramError

from bot.catalogue.checks import check_folder
from bot.desk import tickets
from bot.errors import SettingsError
from bot.matching.model import TargetError, default_model
from bot.settings import Settings
from bot.storage.engine import migrate, open_engine
from bot.telegram.transport import make_bot

RIGHTS = ("can_manage_topics", "can_pin_messages", "can_delete_messages")


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at; `code` names its text in the template."""

    code: str
    ok: bool
    facts: Mapping[str, object] = field(default_factory=dict)


async def examine(settings: Settings) -> list[Diagnosis]:
    """Looks at everything; a failure of one check never hides the others."""
    found = [*_catalogue(settings), _carefulness(settings)]
    group, database = _database(settings)
    found += database
    found += [diagnosis async for diagnosis in _telegram(settings, group)]
    return found


def _catalogue(settings: Settings) -> Iterator[Diagnosis]:
    folder, findings = check_folder(settings.procedures_dir, today=date.today())  # noqa: DTZ011
    errors = sum(not finding.warning for finding in findings)
    facts = {"procedures": len(folder.procedures), "errors": errors}
    yield Diagnosis("catalogue", errors == 0 and bool(folder.procedures), facts)


def _carefulness(settings: Settings) -> Diagnosis:
    """Whether the model can keep the target for wrong answers, and what it gave when measured."""
    wanted = settings.most_wrong
    try:
        line = None if wanted is None else default_model().line_for(wanted)
    except TargetError as error:
        return Diagnosis("careful", False, {"wanted": wanted, "least": error.least})
    return Diagnosis("careful", True, {"wanted": wanted, "line": line})


def _database(settings: Settings) -> tuple[int | None, list[Diagnosis]]:
    """The desk's group as the database knows it, and whether the database works."""
    try:
        engine = open_engine(settings.database_url)
        migrate(engine)
        with Session(engine) as session:
            group = settings.desk_group_id or tickets.get_desk(session).group_chat_id
            session.commit()
        engine.dispose()
    except SQLAlchemyError as error:
        return settings.desk_group_id, [Diagnosis("database", False, {"why": type(error).__name__})]
    return group, [Diagnosis("database", True)]


async def _telegram(settings: Settings, group: int | None) -> AsyncIterator[Diagnosis]:
    try:
        bot = make_bot(settings)
    except SettingsError:
        yield Diagnosis("token", False)
        return
    try:
        async with bot:
            yield Diagnosis("token", True, {"username": bot.username})
            yield await _webhook(bot, settings)
            async for diagnosis in _group(bot, group):
                yield diagnosis
    except InvalidToken:
        yield Diagnosis("token", False)
    except TelegramError as error:
        yield Diagnosis("reach", False, {"why": type(error).__name__})


async def _webhook(bot: Bot, settings: Settings) -> Diagnosis:
    info = await bot.get_webhook_info()
    wanted = bool(settings.webhook_url)
    is_safe = not wanted or bool(settings.webhook_secret.get_secret_value())
    facts = {"waiting": info.pending_update_count, "secret": is_safe, "webhook": wanted}
    return Diagnosis("updates", is_safe, facts)


async def _group(bot: Bot, group: int | None) -> AsyncIterator[Diagnosis]:
    if group is None:
        yield Diagnosis("group_unbound", False)
        return
    try:
        chat = await bot.get_chat(group)
        me = await bot.get_chat_member(group, bot.id)
    except TelegramError:
        yield Diagnosis("group_unknown", False, {"group": group})
        return
    yield Diagnosis("topics", bool(chat.is_forum), {"title": chat.title})
    for right in RIGHTS:
        has = isinstance(me, ChatMemberAdministrator) and bool(getattr(me, right))
        yield Diagnosis(right, has)
