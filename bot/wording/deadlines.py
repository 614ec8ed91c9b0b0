"""When a result is due: the date, and the count that leads to it, so that people can count along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.catalogue.calendar import Calendar, Due
from bot.catalogue.procedure import Catalogue, Procedure, TimeLimit
from bot.matching.facets import Facet
from bot.wording.buttons import Button, DueOn, OtherDay, RemindMe, Row, ShowFacet, button
from bot.wording.cards import Reply, detail
from bot.wording.render import label, render, short_day

OFFERED_DAYS = 12  # working days to choose from: a little over two weeks
DAYS_PER_ROW = 3


@dataclass(frozen=True)
class DueDate:
    """What a person who hands in on `start` may expect."""

    start: date
    limit: TimeLimit
    due: Due


def find_due(
    procedure: Procedure, options: frozenset[str], calendar: Calendar, start: date
) -> DueDate | None:
    """The due date; None where the time limit is unknown, or is made of several stretches."""
    limits = [t for t in procedure.for_options(options).time_limits if t.on_card]
    if len(limits) != 1 or limits[0].value is None:
        return None
    due = calendar.due(start, limits[0].value, limits[0].unit)
    return DueDate(start, limits[0], due) if due else None


def deadline_detail(
    procedure: Procedure,
    catalogue: Catalogue,
    calendar: Calendar,
    *,
    start: date,
    today: date,
    options: frozenset[str] = frozenset(),
) -> Reply:
    """Everything about the time limit, with the due date for this day, another day, a reminder."""
    shown = detail(procedure, catalogue, Facet.DEADLINE, options=options)
    due = find_due(procedure, options, calendar, start)
    if due is None:
        return shown
    words = render("citizen/due.html", due=due, today=today)
    head, _, last = shown.html.rpartition("\n\n")
    row = (
        button(label("other_day"), OtherDay(procedure.id)),
        button(label("remind_me"), RemindMe(procedure.id, start.toordinal())),
    )
    return Reply(f"{head}\n\n{words}\n\n{last}", (row, *shown.keyboard))


def day_choice(procedure: Procedure, calendar: Calendar, *, today: date) -> Reply:
    """Which day will the papers be handed in?"""
    days = list(_working_days(calendar, today))
    buttons: list[Button] = [
        button(short_day(day), DueOn(procedure.id, day.toordinal())) for day in days
    ]
    rows: list[Row] = [
        tuple(buttons[i : i + DAYS_PER_ROW]) for i in range(0, len(buttons), DAYS_PER_ROW)
    ]
    rows.append((button(label("back"), ShowFacet(procedure.id, Facet.DEADLINE)),))
    return Reply(render("citizen/other_day.html", procedure=procedure), tuple(rows))


def _working_days(calendar: Calendar, after: date) -> Iterator[date]:
    day, found = after, 0
    while found < OFFERED_DAYS:
        day += timedelta(days=1)
        if calendar.is_working(day):
            found += 1
            yield day
