"""What the buttons under a message mean, and how that fits into Telegram's 64 bytes.

A button carries all it needs, so one that was pressed after a restart, or a month later, still works.
"""

from __future__ import annotations

import msgspec

from bot.matching.facets import Facet

DATA_LIMIT = 64  # bytes, telegram.constants.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA


class Button(msgspec.Struct, frozen=True, array_like=True):
    label: str
    data: str


Row = tuple[Button, ...]
Keyboard = tuple[Row, ...]


class Press(msgspec.Struct, frozen=True):
    """Base of everything that a button can mean."""


class ShowCard(Press, frozen=True):
    procedure: str


class ShowFacet(Press, frozen=True):
    procedure: str
    facet: Facet


class ChooseOption(Press, frozen=True):
    """An answer to the n-th question of a procedure; option -1 is "I do not know"."""

    procedure: str
    case: int
    option: int


class Tick(Press, frozen=True):
    """The tick-list of a procedure's papers; bit n of `ticked` is paper n, so it needs no memory."""

    procedure: str
    ticked: int = 0


class OtherDay(Press, frozen=True):
    """Which day will the papers be handed in?"""

    procedure: str


class DueOn(Press, frozen=True):
    """The due date when handed in on this day (its ordinal, as `date.toordinal`)."""

    procedure: str
    day: int


class RemindMe(Press, frozen=True):
    """Remind on the due date of what is handed in on this day."""

    procedure: str
    day: int


class StopReminding(Press, frozen=True):
    reminder: int


class Late(Press, frozen=True):
    """The result did not come on its day."""

    procedure: str


class EstimateCost(Press, frozen=True):
    """Begin an estimate of what a procedure costs."""

    procedure: str


class EstimateAnswer(Press, frozen=True):
    """An answer to a question of the estimate that is under way."""

    question: str
    answer: str


class MyCommune(Press, frozen=True):
    """The citizen's place, chosen among those that a name may mean."""

    commune: str


class Right(Press, frozen=True):
    procedure: str


class Wrong(Press, frozen=True):
    procedure: str


class AskOfficer(Press, frozen=True):
    pass


class SendMedia(Press, frozen=True):
    """Ask an officer about the photo, voice note or file that has this message id, and what followed."""

    message: int


class SendAnyway(Press, frozen=True):
    """A question that was set aside goes to the desk after all."""

    ticket: int


class NoneOfThese(Press, frozen=True):
    pass


class SendNow(Press, frozen=True):
    ticket: int


class DoNotSend(Press, frozen=True):
    ticket: int


class AskAgain(Press, frozen=True):
    ticket: int


class Settled(Press, frozen=True):
    ticket: int


class NotSettled(Press, frozen=True):
    ticket: int


class Browse(Press, frozen=True):
    sector: str = ""  # empty: the list of sectors
    page: int = 0


class Example(Press, frozen=True):
    number: int


class ClaimTicket(Press, frozen=True):
    ticket: int


class SendCard(Press, frozen=True):
    """An officer sends the card of a procedure to the citizen."""

    ticket: int
    procedure: str


class CloseTicket(Press, frozen=True):
    ticket: int


AnyPress = (
    ShowCard
    | ShowFacet
    | ChooseOption
    | Tick
    | OtherDay
    | DueOn
    | RemindMe
    | StopReminding
    | Late
    | MyCommune
    | EstimateCost
    | EstimateAnswer
    | Right
    | Wrong
    | AskOfficer
    | SendMedia
    | SendAnyway
    | NoneOfThese
    | SendNow
    | DoNotSend
    | AskAgain
    | Settled
    | NotSettled
    | Browse
    | Example
    | ClaimTicket
    | SendCard
    | CloseTicket
)

# The short name of each meaning. Buttons live for ever in people's chats: never reuse a letter.
CODES: dict[str, type[AnyPress]] = {
    "p": ShowCard,
    "f": ShowFacet,
    "c": ChooseOption,
    "t": Tick,
    "h": OtherDay,
    "u": DueOn,
    "m": RemindMe,
    "q": StopReminding,
    "l": Late,
    "w": MyCommune,
    "g": EstimateCost,
    "j": EstimateAnswer,
    "y": Right,
    "n": Wrong,
    "o": AskOfficer,
    "x": NoneOfThese,
    "M": SendMedia,
    "A": SendAnyway,
    "s": SendNow,
    "d": DoNotSend,
    "a": AskAgain,
    "k": Settled,
    "r": NotSettled,
    "b": Browse,
    "e": Example,
    "T": ClaimTicket,
    "C": SendCard,
    "Z": CloseTicket,
}
LETTERS = {meaning: letter for letter, meaning in CODES.items()}
FACET_CODES = {facet: facet.value[:2] for facet in Facet}  # do fe de pl ch co st re le fo


def encode(press: AnyPress) -> str:
    """`ShowFacet("cap-doi-gcn", Facet.FEE)` → `f:cap-doi-gcn:fe`."""
    values = (
        FACET_CODES[v] if isinstance(v, Facet) else str(v) for v in msgspec.structs.astuple(press)
    )
    return ":".join((LETTERS[type(press)], *values))


def decode(data: str) -> AnyPress | None:
    """What was pressed; None for data that is not ours (an older version, another bot)."""
    letter, *values = data.split(":")
    meaning = CODES.get(letter)
    if meaning is None:
        return None
    fields = meaning.__struct_fields__
    if len(values) != len(fields):
        return None
    facets = {code: facet.value for facet, code in FACET_CODES.items()}
    raw = {
        name: facets.get(value, value) if name == "facet" else value
        for name, value in zip(fields, values, strict=True)
    }
    try:
        return msgspec.convert(raw, meaning, strict=False)
    except msgspec.ValidationError:
        return None


def button(label: str, press: AnyPress) -> Button:
    return Button(label, encode(press))
