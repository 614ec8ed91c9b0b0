"""Work whose time has come: rows, so that a restart forgets nothing."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from bot.desk import tickets
from bot.dialogue import reminders
from bot.storage.tables import Job, JobKind, Ticket

MOST_AT_ONCE = 50


def run_due(session: Session, *, now: datetime) -> int:
    """Does what is due; returns how much it was."""
    due = session.exec(
        select(Job)
        .where(col(Job.done_at).is_(None), col(Job.due_at) <= now)
        .order_by(col(Job.due_at))
        .limit(MOST_AT_ONCE)
    ).all()
    for job in due:
        job.done_at = now
        if job.kind == JobKind.REMIND:
            reminders.remind(session, job.subject_id, now=now)
        elif (ticket := session.get(Ticket, job.subject_id)) is not None:
            tickets.send(session, ticket, now=now)
    return len(due)
