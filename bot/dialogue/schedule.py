"""Work whose time has come: rows, so that a restart forgets nothing."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.desk import tickets
from bot.dialogue import reminders
from bot.storage.tables import Job, JobKind, Ticket

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
MAX_ATTEMPTS = 10
AGAIN_AFTER = timedelta(minutes=1)  # longer after each failure


def run_due(session: Session, *, now: datetime) -> int:
    """Does what is due; returns how much it was."""
    due = session.exec(
        select(Job)
        .where(col(Job.done_at).is_(None), col(Job.due_at) <= now)
        .order_by(col(Job.due_at))
        .limit(MOST_AT_ONCE)
    ).all()
    for job in due:
        _try(session, job, now)
    return len(due)


def _try(session: Session, job: Job, now: datetime) -> None:
    """One job that fails holds up no other; it is tried again, and given up in the end."""
    try:
        with session.begin_nested():
            _do(session, job, now)
    except Exception as error:
        job.attempts += 1
        log.error(
            "job %s (%s), attempt %s: %s", job.id, job.kind, job.attempts, type(error).__name__
        )
        job.due_at = now + AGAIN_AFTER * job.attempts
        if job.attempts >= MAX_ATTEMPTS:
            job.done_at = now
    else:
        job.done_at = now


def _do(session: Session, job: Job, now: datetime) -> None:
    if job.kind == JobKind.REMIND:
        reminders.remind(session, job.subject_id, now=now)
    elif (ticket := session.get(Ticket, job.subject_id)) is not None:
        tickets.send(session, ticket, now=now)
