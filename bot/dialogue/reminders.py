"""A reminder on the day a result is due: opt-in, with a file for the phone's calendar, deleted after use."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from bot.catalogue.procedure import Procedure
from bot.delivery.outbox import SendFile, SendText, to_citizen
from bot.storage.tables import Conversation, Job, JobKind, Priority, Reminder
from bot.wording.buttons import Late, button
from bot.wording.formats import VIETNAM
from bot.wording.render import label, render

REMIND_AT = time(7, 0)  # before people leave home


def make(
    session: Session, conversation: Conversation, procedure: Procedure, day: date, *, now: datetime
) -> Reminder:
    """A reminder for this day; the one that is there already if it is asked for twice."""
    reminder = session.exec(
        select(Reminder).where(
            Reminder.conversation_id == conversation.id,
            Reminder.procedure == procedure.id,
            Reminder.due_on == day,
        )
    ).first()
    if reminder is not None:
        return reminder
    reminder = Reminder(
        conversation_id=conversation.id,
        procedure=procedure.id,
        title=procedure.title,
        due_on=day,
        created_at=now,
    )
    session.add(reminder)
    session.flush()
    due_at = datetime.combine(day, REMIND_AT, VIETNAM)
    session.add(Job(kind=JobKind.REMIND, subject_id=reminder.id, due_at=max(due_at, now)))
    return reminder


def remind(session: Session, reminder_id: int, *, now: datetime) -> None:
    """Says it is the day, and forgets the reminder."""
    reminder = session.get(Reminder, reminder_id)
    if reminder is None:
        return
    conversation = session.get_one(Conversation, reminder.conversation_id)
    keyboard = ((button(label("late"), Late(reminder.procedure)),),)
    words = render("citizen/reminder.html", reminder=reminder)
    to_citizen(
        session, conversation, SendText(words, keyboard), now=now, priority=Priority.REMINDER
    )
    session.delete(reminder)


def forget(session: Session, reminder: Reminder) -> None:
    """Deletes a reminder and the work that waits for it."""
    jobs = session.exec(
        select(Job).where(
            col(Job.kind) == JobKind.REMIND,
            Job.subject_id == reminder.id,
            col(Job.done_at).is_(None),
        )
    )
    for job in jobs:
        session.delete(job)
    session.delete(reminder)


def calendar_file(procedure: Procedure, day: date) -> SendFile:
    """An iCalendar file (RFC 5545) with one whole-day entry."""
    words = render(
        "citizen/reminder.ics",
        title=_escaped(procedure.title),
        uid=f"{procedure.id}-{day:%Y%m%d}",
        day=day,
        next_day=day + timedelta(days=1),
        now=datetime.now(UTC),
    )
    return SendFile(name="hen-tra.ics", content=words.replace("\n", "\r\n") + "\r\n")


def _escaped(text: str) -> str:
    """RFC 5545, 3.3.11: these three mean something in a text."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
