"""After the answer: ticking papers, the day a result is due, a reminder, a result that is late."""

from __future__ import annotations

from datetime import date

from bot.catalogue.procedure import Procedure
from bot.dialogue import reminders, replies
from bot.dialogue.turn import Turn
from bot.storage.tables import Reminder
from bot.wording import buttons
from bot.wording.buttons import AskOfficer, StopReminding, button
from bot.wording.cards import Reply, checklist
from bot.wording.deadlines import day_choice, deadline_detail, find_due
from bot.wording.render import label, render

Paperwork = buttons.Tick | buttons.OtherDay | buttons.DueOn | buttons.RemindMe | buttons.Late
FURTHEST_DAYS = 366  # a button from a chat of long ago is no wish for a date of long ago


def press(turn: Turn, meaning: Paperwork) -> str:
    """A button about the papers of a procedure."""
    procedure = turn.knowledge.find(meaning.procedure)
    if procedure is None:
        return render("citizen/gone.txt")
    match meaning:
        case buttons.Tick(_, ticked):
            chosen = turn.memory.chosen(procedure.id)
            catalogue = turn.knowledge.catalogue
            turn.say(checklist(procedure, catalogue, ticked=ticked, options=chosen))
        case buttons.OtherDay():
            turn.say(day_choice(procedure, turn.knowledge.calendar, today=turn.today))
        case buttons.DueOn(_, day):
            return _due_on(turn, procedure, day)
        case buttons.RemindMe(_, day):
            return _remind(turn, procedure, day)
        case buttons.Late():
            turn.edits = None
            turn.keep(
                question=render("citizen/late_question.txt", procedure=procedure),
                procedure=procedure.id,
                candidates=(procedure.id,),
            )
            turn.say(replies.plain("late", ((button(label("complain"), AskOfficer()),),)))
    return ""


def deadline(turn: Turn, procedure: Procedure, start: date) -> Reply:
    """The time limit with the due date of papers that are handed in on `start`."""
    return deadline_detail(
        procedure,
        turn.knowledge.catalogue,
        turn.knowledge.calendar,
        start=start,
        today=turn.today,
        options=turn.memory.chosen(procedure.id),
    )


def stop_reminding(turn: Turn, reminder_id: int) -> str:
    """Forgets a reminder of one's own."""
    reminder = turn.session.get(Reminder, reminder_id)
    if reminder is None or reminder.conversation_id != turn.conversation.id:
        return render("citizen/gone.txt")
    reminders.forget(turn.session, reminder)
    turn.say(replies.plain("reminder_stopped"))
    return ""


def _day(turn: Turn, ordinal: int) -> date | None:
    is_near = abs(ordinal - turn.today.toordinal()) <= FURTHEST_DAYS
    return date.fromordinal(ordinal) if is_near else None


def _due_on(turn: Turn, procedure: Procedure, ordinal: int) -> str:
    start = _day(turn, ordinal)
    if start is None:
        return render("citizen/gone.txt")
    turn.say(deadline(turn, procedure, start))
    return ""


def _remind(turn: Turn, procedure: Procedure, ordinal: int) -> str:
    start = _day(turn, ordinal)
    options = turn.memory.chosen(procedure.id)
    due = find_due(procedure, options, turn.knowledge.calendar, start) if start else None
    if due is None or due.due.day < turn.today:
        return render("citizen/gone.txt")
    turn.edits = None
    reminder = reminders.make(turn.session, turn.conversation, procedure, due.due.day, now=turn.now)
    turn.note("reminder", procedure.id)
    stop = ((button(label("stop_reminding"), StopReminding(reminder.id)),),)
    turn.say(replies.plain("reminder_made", stop, procedure=procedure, day=reminder.due_on))
    turn.attach(reminders.calendar_file(procedure, reminder.due_on))
    return ""
