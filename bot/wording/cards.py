"""A procedure as a citizen sees it: the short card, and each detail behind its button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from bot.catalogue.procedure import (
    Case,
    Catalogue,
    Channel,
    Document,
    Fact,
    Fee,
    FeeState,
    Procedure,
    ProcedureKind,
    SourceKind,
    TimeLimit,
)
from bot.matching.facets import Facet
from bot.wording.buttons import (
    AskOfficer,
    Button,
    ChooseOption,
    EstimateCost,
    Keyboard,
    Right,
    Row,
    ShowCard,
    ShowFacet,
    Tick,
    Wrong,
    button,
)
from bot.wording.render import label, render
from bot.wording.split import visible_length

CARD_LIMIT = 900  # characters: one screen of a small phone, read without scrolling (voice.md)
LABEL_LIMIT = 60  # characters on a button of a whole row
DO_NOT_KNOW = -1  # the option "Không rõ"
OPEN_STATES = (FeeState.BY_RESOLUTION, FeeState.UNKNOWN)
# (leave out what depends on an open question, how many papers, how many known fees), in this order
FITTING = (
    *((False, papers, 9) for papers in (8, 6, 4)),
    *((True, papers, 9) for papers in (8, 6, 4, 2)),
    *((True, papers, fees) for papers, fees in ((4, 3), (2, 3), (2, 2), (1, 1))),
)
ON_CARD = (Facet.DOCUMENTS, Facet.FORM, Facet.FEE, Facet.DEADLINE, Facet.PLACE, Facet.CHANNEL)
MANY_SIDES = 3  # asked at once, as by "phải làm sao"
PAPERS = (Facet.DOCUMENTS, Facet.FORM)
DETAIL_ROWS = (
    (Facet.DOCUMENTS, Facet.FEE, Facet.DEADLINE),
    (Facet.PLACE, Facet.STEPS, Facet.LEGAL_BASIS),
)
BEHIND_BUTTONS = {facet for row in DETAIL_ROWS for facet in row}


@dataclass(frozen=True)
class Reply:
    """What the citizen gets: a text in Telegram's HTML and the buttons below it."""

    html: str
    keyboard: Keyboard = ()


@dataclass(frozen=True)
class CitedSource:
    document: str
    about: str
    article: str


class View:
    """A procedure made ready for the templates: for one person's options, words for conditions."""

    def __init__(
        self,
        procedure: Procedure,
        catalogue: Catalogue,
        *,
        options: frozenset[str] = frozenset(),
        asked: tuple[Facet, ...] = (),
        commune: str = "",
    ) -> None:
        self.whole = procedure
        self.catalogue = catalogue
        self.chosen = options
        self.asked = asked
        self.commune = commune  # where this person is, "xã Cẩm Bình"; empty = not said
        self.brief = False  # leave out what depends on a question that is not answered yet
        self.procedure = procedure.for_options(options)
        self.details: dict[Facet, Markup] = {}  # what was asked and is no part of the short card
        self.left_out: list[Facet] = []  # of these what is to be read behind its button
        self.only_asked = False  # there is no room for the rest of the card

    @property
    def left_out_labels(self) -> list[str]:
        return [facet_label(facet) for facet in self.left_out]

    @cached_property
    def documents(self) -> list[Document]:
        """Those that everybody brings come first."""
        return sorted(self.procedure.documents, key=lambda d: bool(self.condition(d)))

    @property
    def fees(self) -> tuple[Fee, ...]:
        return self.procedure.fees

    @property
    def card_fees(self) -> list[Fee]:
        return [f for f in self.fees if not (self.brief and self.depends(f))]

    @property
    def open_fees(self) -> list[Fee]:
        """Fees without a figure that we could tell."""
        return [f for f in self.card_fees if f.state in OPEN_STATES]

    @property
    def known_fees(self) -> list[Fee]:
        return [f for f in self.card_fees if f.state not in OPEN_STATES]

    @property
    def open_fees_first(self) -> bool:
        """The author put the main fee first: it stays there."""
        return bool(self.card_fees) and self.card_fees[0].state in OPEN_STATES

    @property
    def fees_depend(self) -> bool:
        return len(self.card_fees) < len(self.fees)

    @property
    def is_explainer(self) -> bool:
        """It tells about money owed; nothing is handed in anywhere."""
        return self.whole.kind is ProcedureKind.EXPLAINER

    @property
    def by_resolution(self) -> bool:
        return all(f.state is FeeState.BY_RESOLUTION for f in self.open_fees)

    @property
    def all_time_limits(self) -> tuple[TimeLimit, ...]:
        return self.procedure.time_limits

    @property
    def time_limits(self) -> list[TimeLimit]:
        on_card = [t for t in self.all_time_limits if t.on_card] or list(self.all_time_limits)
        settled = [t for t in on_card if not (self.brief and self.depends(t))]
        return settled or on_card

    @property
    def central_only(self) -> bool:
        return any(t.central_only for t in self.time_limits)

    @property
    def unsure_time(self) -> bool:
        return any(t.confidence == "low" for t in self.time_limits)

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self.procedure.channels

    @property
    def case(self) -> Case | None:
        """The first question of the procedure that this person has not answered."""
        open_cases = (c for c in self.whole.cases if not self.chosen & _answers(c))
        return next(open_cases, None)

    @property
    def main_source(self) -> str:
        """What most of its papers and time limits were read in; a fee has a source of its own."""
        facts = self.procedure.documents + self.procedure.time_limits or self.procedure.fees
        keys = Counter(fact.source for fact in facts)
        source = self.catalogue.sources[keys.most_common(1)[0][0]] if keys else None
        return source.document if source and source.kind is not SourceKind.PRACTICE else ""

    @property
    def legal_bases(self) -> Iterator[CitedSource]:
        for basis in self.procedure.legal_bases:
            source = self.catalogue.sources[basis.source]
            yield CitedSource(source.document, source.about, basis.article)

    def depends(self, part: Fact | Channel) -> bool:
        """It holds only for some answer to a question that this person has not answered."""
        case_of = self.whole.options()
        return any(not self.chosen & _answers(case_of[option]) for option in part.when)

    def condition(self, part: Fact | Channel) -> str:
        """For whom this holds, in words; empty for everybody."""
        own = getattr(part, "condition", "")
        labels = {o.id: o.label for case in self.whole.cases for o in case.options}
        answered = {o for c in self.whole.cases if self.chosen & _answers(c) for o in _answers(c)}
        cases = [labels[o] for o in part.when if o not in answered]
        return "; ".join(filter(None, (" / ".join(cases), own)))

    def title_of(self, procedure: str) -> str:
        return self.catalogue.procedures[procedure].title


def _answers(case: Case) -> set[str]:
    """The ids that stand for an answer to the question, "I do not know" among them."""
    return {*(option.id for option in case.options), no_answer(case)}


def no_answer(case: Case) -> str:
    """What is remembered when a person does not know."""
    return f"{case.id}?"


def card(
    procedure: Procedure,
    catalogue: Catalogue,
    *,
    asked: tuple[Facet, ...] = (),
    options: frozenset[str] = frozenset(),
    commune: str = "",
) -> Reply:
    """The short card, with what was asked on top, within `CARD_LIMIT` characters where that can be.

    What was asked and is longer (conditions, legal bases …) comes alone and whole. Who asks for many
    sides at once is told which of them stand behind a button.
    """
    view = View(procedure, catalogue, options=options, asked=asked, commune=commune)
    return Reply(_card_text(view), card_keyboard(view))


def _card_text(view: View) -> str:
    view.details = _details_not_on_card(view)
    html = _fitting_card(view)
    if not view.details or _fits(html):
        return html
    is_broad = len(view.asked) >= MANY_SIDES and len(view.details) < len(view.asked)
    view.left_out = [one for one in view.details if is_broad and one in BEHIND_BUTTONS]
    if view.left_out:
        html = _fitting_card(view)
        if _fits(html):
            return html
    view.left_out, view.only_asked = [], True
    html = _fitting_card(view)
    if _fits(html):
        return html
    return _render_card(view, brief=False, papers=len(view.documents), fees=len(view.fees))


def _details_not_on_card(view: View) -> dict[Facet, Markup]:
    return {facet: _detail_alone(view, facet) for facet in view.asked if facet not in ON_CARD}


def _detail_alone(view: View, facet: Facet) -> Markup:
    """The text behind a button, without its title and last line."""
    body = render("citizen/facet.html", view=view, facet=facet).split("\n\n")
    return Markup("\n\n".join(body[1:-1]))  # noqa: S704 - from our own template, already escaped


def _fitting_card(view: View) -> str:
    """As much as one screen takes: first fewer papers, then without what a question will settle."""
    html = ""
    for fitting in FITTING:
        html = _render_card(view, *fitting)
        if _fits(html):
            break
    return html


def _fits(html: str) -> bool:
    return visible_length(html) <= CARD_LIMIT


def _render_card(view: View, brief: bool, papers: int, fees: int) -> str:
    view.brief = brief
    return render("citizen/card.html", view=view, shown_documents=papers, shown_fees=fees)


def card_keyboard(view: View) -> Keyboard:
    procedure = view.whole
    rows = [*_case_rows(view)]
    for facets in DETAIL_ROWS:
        rows.append(tuple(_facet_button(procedure, facet) for facet in facets))
    right = button(label("right"), Right(procedure.id))
    rows.append((right, button(label("wrong"), Wrong(procedure.id))))
    rows.append((button(label("ask_officer"), AskOfficer()),))
    return tuple(rows)


def _case_rows(view: View) -> Iterator[Row]:
    if view.case is None:
        return
    number = view.whole.cases.index(view.case)
    for i, option in enumerate(view.case.options):
        yield (button(option.label, ChooseOption(view.whole.id, number, i)),)
    yield (button(label("do_not_know"), ChooseOption(view.whole.id, number, DO_NOT_KNOW)),)


def facet_label(facet: Facet) -> str:
    """The words on the button that shows this side."""
    return label(f"facet_{facet.value}")


def _facet_button(procedure: Procedure, facet: Facet) -> Button:
    return button(facet_label(facet), ShowFacet(procedure.id, facet))


def detail(
    procedure: Procedure,
    catalogue: Catalogue,
    facet: Facet,
    *,
    options: frozenset[str] = frozenset(),
    commune: str = "",
) -> Reply:
    """Everything about one facet, with a way back to the card."""
    view = View(procedure, catalogue, options=options, asked=(facet,), commune=commune)
    rows: list[Row] = [
        tuple(_facet_button(procedure, other) for other in facets if other is not facet)
        for facets in DETAIL_ROWS
    ]
    if facet in PAPERS and procedure.documents:
        rows.append((button(label("checklist"), Tick(procedure.id)),))
    if facet is Facet.FEE and procedure.estimate:
        rows.append((button(label("estimate"), EstimateCost(procedure.id)),))
    back = button(label("summary"), ShowCard(procedure.id))
    rows.append((back, button(label("ask_officer"), AskOfficer())))
    return Reply(render("citizen/facet.html", view=view, facet=facet.value), tuple(rows))


def checklist(
    procedure: Procedure,
    catalogue: Catalogue,
    *,
    ticked: int = 0,
    options: frozenset[str] = frozenset(),
) -> Reply:
    """The papers of one's case as a list to tick; readable as it is when forwarded."""
    view = View(procedure, catalogue, options=options)
    papers = [(document, bool(ticked >> i & 1)) for i, document in enumerate(view.documents)]
    html = render("citizen/checklist.html", view=view, papers=papers)
    rows: list[Row] = []
    for i, (document, has) in enumerate(papers):
        words = ("☑ " if has else "☐ ") + (document.short or document.name)
        rows.append((button(words[:LABEL_LIMIT], Tick(procedure.id, ticked ^ 1 << i)),))
    rows.append((button(label("summary"), ShowCard(procedure.id)),))
    return Reply(html, tuple(rows))
