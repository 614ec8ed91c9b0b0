"""What the bot says to a citizen: a decision in, words and buttons out. Pure: no database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from markupsafe import Markup

from bot.catalogue.places import Commune
from bot.catalogue.procedure import Catalogue
from bot.desk.tickets import SENDABLE, Reason
from bot.dialogue.memory import Memory
from bot.dialogue.offers import Offer, make_offer, press_of
from bot.knowledge import Knowledge
from bot.matching.decision import Answer, Choices, Decision, Intent, NoMatch, SmallTalk
from bot.messages import Kind
from bot.storage.tables import Message, Ticket
from bot.wording.buttons import (
    AskAgain,
    AskOfficer,
    Browse,
    DoNotSend,
    Example,
    Keyboard,
    NoneOfThese,
    Row,
    SendMedia,
    SendNow,
    ShowCard,
    button,
)
from bot.wording.cards import Reply
from bot.wording.render import example_questions, label, render

PAGE_SIZE = 8  # procedures on one page of a sector: fits a phone without scrolling
OFFERS = 3  # what the catalogue has to offer while nobody is at the desk


def plain(template: str, keyboard: Keyboard = (), **data: object) -> Reply:
    return Reply(render(f"citizen/{template}.html", **data), keyboard)


def answered(decision: Answer, knowledge: Knowledge, memory: Memory, *, commune: str = "") -> Reply:
    procedure = knowledge.catalogue.procedures[decision.procedure]
    return knowledge.card(
        procedure,
        asked=decision.facets,
        options=memory.chosen(procedure.id),
        commune=commune,
    )


def choices(offer: Offer, catalogue: Catalogue, *, question: str, again: bool) -> Reply:
    """What is asked back; the last button is the way to a person."""
    rows = tuple((button(way.label, press_of(way, catalogue)),) for way in offer.ways)
    other = "other_or_unsure" if offer.question else "none_of_these"
    rows += ((button(label(other), NoneOfThese()),),)
    return plain("choices", rows, asks=offer.question, question=question, again=again)


def asked_also(ids: tuple[str, ...], catalogue: Catalogue) -> Reply:
    """The other things that the same message asked for, a button each."""
    return plain("asked_also", _procedure_rows(ids, catalogue), several=len(ids) > 1)


def next_candidate(procedure: str, knowledge: Knowledge, memory: Memory) -> Reply:
    """After "Chưa đúng": the next one, asked as a question."""
    found = knowledge.catalogue.procedures[procedure]
    shown = knowledge.card(found, asked=memory.facets)
    html = render("citizen/next_candidate.html", card=Markup(shown.html))  # noqa: S704 - rendered
    return Reply(html, shown.keyboard)


def proposal(
    ticket: Ticket,
    *,
    reason: Reason,
    matter: str,
    bound: bool,
    attached: Sequence[Message],
    grace: timedelta,
    offers: tuple[str, ...],
    catalogue: Catalogue,
) -> Reply:
    """Shows what will be sent to the desk, and lets the citizen stop it.

    `matter` is what the question seems to be about, where that is none of our procedures.
    """
    offered = () if bound else offers[:OFFERS]
    rows: Keyboard = (
        (
            button(label("send_now"), SendNow(ticket.id)),
            button(label("ask_again"), AskAgain(ticket.id)),
            button(label("do_not_send"), DoNotSend(ticket.id)),
        ),
        *_procedure_rows(offered, catalogue),
    )
    return plain(
        "propose",
        rows,
        question=ticket.question,
        commune=ticket.commune,
        reason=reason,
        matter=matter,
        bound=bound,
        attached=attached,
        grace=grace,
        offers=bool(offered),
    )


def start() -> Reply:
    rows = tuple((button(text, Example(i)),) for i, text in enumerate(example_questions()))
    return plain("start", (*rows, (button(label("browse"), Browse()),)))


def commune_name(commune: Commune) -> str:
    """`xã Cẩm Bình`."""
    return render("citizen/commune_name.txt", commune=commune)


def small_talk(intent: Intent) -> Reply:
    rows: Keyboard = ()
    if intent in (Intent.COMPLAINT, Intent.DISTRESS):
        rows = ((button(label("ask_officer"), AskOfficer()),),)
    elif intent in (Intent.GREETING, Intent.OPENING, Intent.WHO_ARE_YOU):
        rows = ((button(label("browse"), Browse()),),)
    return plain("small_talk", rows, intent=intent)


def other_kind(kind: Kind, telegram_id: int) -> Reply:
    """The defined answer to everything that is not a text."""
    rows: Keyboard = ()
    if kind in SENDABLE:
        rows = ((button(label("send_to_officer"), SendMedia(telegram_id)),),)
    return plain("other_kind", rows, kind=kind)


def browse(sector_id: str, page: int, catalogue: Catalogue) -> Reply:
    """The sectors, or one page of a sector."""
    sector = catalogue.sectors.get(sector_id)
    if sector is None:
        rows: Keyboard = tuple(
            (button(s.name, Browse(s.id)),)
            for s in catalogue.in_order()
            if catalogue.in_sector(s.id)
        )
        return plain("sectors", rows)
    procedures = catalogue.in_sector(sector_id)
    pages = max(1, ceil(len(procedures) / PAGE_SIZE))
    page = min(max(page, 0), pages - 1)
    shown = procedures[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    rows = _procedure_rows(tuple(p.id for p in shown), catalogue)
    rows += _paging(sector_id, page, pages)
    return plain("sector", rows, sector=sector, page=page, pages=pages)


def _paging(sector: str, page: int, pages: int) -> tuple[Row, ...]:
    turns: Row = ()
    if page > 0:
        turns += (button(label("previous_page"), Browse(sector, page - 1)),)
    if page < pages - 1:
        turns += (button(label("next_page"), Browse(sector, page + 1)),)
    back: Row = (button(label("back_to_sectors"), Browse()),)
    return (turns, back) if turns else (back,)


def _procedure_rows(ids: tuple[str, ...], catalogue: Catalogue) -> Keyboard:
    found = (catalogue.procedures[i] for i in ids if i in catalogue.procedures)
    return tuple((button(p.title, ShowCard(p.id)),) for p in found)


def preview(decision: Decision, knowledge: Knowledge, *, question: str) -> Reply:
    """What a citizen would see first, for `motcua ask`: no ticket is made."""
    match decision:
        case Answer():
            return answered(decision, knowledge, Memory())
        case Choices():
            offer = make_offer(decision, knowledge.catalogue)
            return choices(offer, knowledge.catalogue, question=question, again=False)
        case NoMatch():
            return plain(
                "propose",
                (),
                question=question,
                commune="",
                reason=Reason.NO_MATCH,
                matter=knowledge.tell(decision.elsewhere),
                bound=True,
                attached=(),
                grace=timedelta(minutes=1),
                offers=False,
            )
        case SmallTalk(intent=Intent.OFFICER):
            return plain("empty_question")
        case SmallTalk(intent=Intent.STATUS):
            return plain("status", tickets=[])
        case SmallTalk():
            return small_talk(decision.intent)
