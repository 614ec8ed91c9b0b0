"""Where the citizen is: noticed in what is said, asked back where a name means several places."""

from __future__ import annotations

from bot.catalogue.places import Ambiguous, Found, Unknown
from bot.dialogue import replies
from bot.dialogue.turn import Turn
from bot.matching.facets import Facet
from bot.wording.buttons import MyCommune, button
from bot.wording.cards import detail
from bot.wording.render import render

SPARE_WORDS = 2  # "ở xã Cẩm Bình ạ" is still an answer to "which commune?"


def notice(turn: Turn, text: str) -> bool:
    """Remembers a place that is named; true when the message was about nothing else."""
    mentions = turn.knowledge.places.find_in(text)
    said = {m.place.commune.id for m in mentions if isinstance(m.place, Found)}
    if len(said) == 1:
        turn.keep(commune=said.pop())
    is_answer = turn.memory.awaits_place
    if not is_answer and not (mentions and _is_all(text, mentions[0].start, mentions[-1].end)):
        return False
    place = turn.knowledge.places.find(text)
    if isinstance(place, Unknown):
        turn.keep(awaits_place=False)
        return False
    if isinstance(place, Ambiguous):
        _ask_which(turn, place)
    else:
        settle(turn, place.commune.id)
    return True


def _is_all(text: str, start: int, end: int) -> bool:
    return len((text[:start] + " " + text[end:]).split()) <= SPARE_WORDS


def _ask_which(turn: Turn, place: Ambiguous) -> None:
    communes = {candidate.commune.id: candidate.commune for candidate in place.candidates}
    rows = tuple(
        (button(replies.commune_name(commune), MyCommune(key)),)
        for key, commune in communes.items()
    )
    turn.keep(awaits_place=True)
    turn.say(
        replies.plain("which_commune", rows, name=place.name, why=place.why, buttons=bool(rows))
    )


def settle(turn: Turn, commune_id: str) -> str:
    """The citizen's commune is known: where to hand in, if we know what."""
    commune = turn.knowledge.find_commune(commune_id)
    if commune is None:
        return render("citizen/gone.txt")
    turn.keep(commune=commune_id, awaits_place=False)
    procedure = turn.knowledge.find(turn.memory.procedure or "")
    name = replies.commune_name(commune)
    if procedure is None:
        turn.say(replies.plain("commune_noted", commune=name))
        return ""
    options = turn.memory.chosen(procedure.id)
    turn.say(
        detail(procedure, turn.knowledge.catalogue, Facet.PLACE, options=options, commune=name)
    )
    return ""


def my_commune(turn: Turn) -> str:
    """Its name with its kind, "xã Cẩm Bình"; empty when we do not know."""
    commune = turn.knowledge.find_commune(turn.memory.commune) if turn.memory.commune else None
    return replies.commune_name(commune) if commune else ""
