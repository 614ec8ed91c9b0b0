"""Reading a message with what was said before: "thế còn phí?", "cái thứ hai", "à không, ý tôi là"."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.facets import Facet
from bot.matching.intents import Intent
from bot.matching.lexicon import Lexicon
from bot.matching.reading import Reading

MOST_WORDS_OF_A_PICK = 8  # "cái thứ hai, bản sao thôi"; longer messages are questions of their own


@dataclass(frozen=True)
class Context:
    """What the conversation is about: the last answer, the last choices as shown, the question."""

    procedure: str | None = None
    facets: tuple[Facet, ...] = ()
    candidates: tuple[str, ...] = ()
    question: str = ""
    labels: tuple[str, ...] = ()  # of the candidates: the words on their buttons ("Có rồi, bị mất")


NO_CONTEXT = Context()


def near(context: Context) -> tuple[str, ...]:
    """The procedures that the next message is likely to be about or close to."""
    spoken_of = (context.procedure,) if context.procedure else ()
    return (*spoken_of, *context.candidates)


def find_pick(reading: Reading, context: Context, lexicon: Lexicon) -> str | None:
    """The choice that "cái thứ hai" or "2" picks, or None."""
    if not context.candidates or len(reading.words) > MOST_WORDS_OF_A_PICK:
        return None
    names = lexicon.ordinals.names_in(reading.words, marked=reading.marked)
    places = [len(context.candidates) if one == "last" else int(one) for one in names]
    if len(places) == 1 and places[0] <= len(context.candidates):
        return context.candidates[places[0] - 1]
    return None


def find_intent(reading: Reading, lexicon: Lexicon) -> Intent | None:
    """The intent of a message that says little else."""
    covered: list[str] = []
    left = 0
    at = 0
    while at < len(reading.words):
        phrase = lexicon.intents.longest_at(reading.words, at, marked=reading.marked)
        if phrase is not None:
            covered += [phrase.name] * phrase.length
        elif reading.words[at].folded not in lexicon.fillers:
            left += 1
        at += 1 if phrase is None else phrase.length
    if not covered or left > len(covered):
        return None
    return _weightiest(covered, left, asks=bool(reading.facets))


_POLITE = (Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.YES, Intent.NO)


def _weightiest(covered: list[str], left: int, *, asks: bool) -> Intent | None:
    """The request rather than the greeting before it; politeness only when it stands alone.

    "bao lâu thì có" asks, "có" agrees.
    """
    requests = [name for name in covered if Intent(name) not in _POLITE]
    if requests:
        return Intent(max(requests, key=requests.count))
    return Intent(max(covered, key=covered.count)) if left == 0 and not asks else None
