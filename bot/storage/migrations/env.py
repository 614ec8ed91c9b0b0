"""Alembic's entrance. `bot.storage.engine.migrate` hands over the connection."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

from bot.storage import tables

connection = context.config.attributes["connection"]


def render_item(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """Names in a new migration: only SQLAlchemy's own and our one time type."""
    if kind == "type" and isinstance(item, tables.UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
