"""What the bot knows at one revision: the published catalogue and the index over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from sqlmodel import Session

from bot.catalogue import revisions
from bot.catalogue.amounts import Amounts
from bot.catalogue.calendar import Calendar
from bot.catalogue.costs import Rates
from bot.catalogue.elsewhere import Matter, read_matters
from bot.catalogue.places import Commune, Places
from bot.catalogue.procedure import Catalogue, Procedure
from bot.matching.conversation import NO_CONTEXT, Context
from bot.matching.decision import Answer, Choices, Decision, NoMatch, is_named
from bot.matching.facets import Facet
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.model import Model
from bot.matching.profiles import Entry
from bot.matching.understanding import understand
from bot.wording.cards import Reply, card

CARDS_KEPT = 2000  # about 3 kB each


@dataclass(frozen=True)
class Knowledge:
    revision: int  # the publication's number; 0 = read from files, not published
    catalogue: Catalogue
    index: Index
    calendar: Calendar
    places: Places
    amounts: Amounts
    rates: Rates
    told: frozenset[str] = frozenset()  # names of matters of others that a citizen is told of

    def tell(self, matter: str) -> str:
        """The name of a matter of others where a citizen may be told of it; else empty."""
        return matter if matter in self.told else ""

    def understand(self, text: str, context: Context = NO_CONTEXT) -> Decision:
        """What the message wants; where that is not clear, read without where the citizen lives."""
        found = understand(text, index=self.index, context=context)
        if not isinstance(found, Choices | NoMatch):
            return found
        without_place = self.places.without(text)
        if without_place == text:
            return found
        bare = understand(without_place, index=self.index, context=context)
        is_shared = isinstance(bare, Choices) and is_named(bare)  # "sổ đỏ ở xã tôi"
        return bare if isinstance(bare, Answer) or is_shared else found

    def find(self, procedure: str) -> Procedure | None:
        return self.catalogue.procedures.get(procedure)

    def card(
        self,
        procedure: Procedure,
        *,
        asked: tuple[Facet, ...] = (),
        options: frozenset[str] = frozenset(),
        commune: str = "",
    ) -> Reply:
        """The procedure's card; rendered once for all who ask the same in the same case."""
        where = commune if Facet.PLACE in asked else ""  # only an answer about the place tells it
        return self._cards(procedure.id, asked, options, where)

    @cached_property
    def _cards(self) -> Callable[[str, tuple[Facet, ...], frozenset[str], str], Reply]:
        @lru_cache(maxsize=CARDS_KEPT)
        def make(
            procedure: str, asked: tuple[Facet, ...], options: frozenset[str], commune: str
        ) -> Reply:
            found = self.catalogue.procedures[procedure]
            return card(found, self.catalogue, asked=asked, options=options, commune=commune)

        return make

    def find_commune(self, commune: str) -> Commune | None:
        try:
            return self.places.get_commune(commune)
        except KeyError:
            return None  # a button from before the communes changed


@dataclass(frozen=True)
class Tables:
    """What stands in `procedures/` beside the procedures themselves."""

    lexicon: Lexicon
    calendar: Calendar
    places: Places
    amounts: Amounts
    rates: Rates
    matters: tuple[Matter, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Tables:
        return cls(
            Lexicon.load(folder / "lexicon.yaml"),
            Calendar.load(folder / "calendar.yaml"),
            Places.load(folder),
            Amounts.load(folder),
            Rates.load(folder / "rates.yaml"),
            read_matters(folder),
        )


def make_knowledge(
    catalogue: Catalogue, tables: Tables, *, revision: int = 0, model: Model | None = None
) -> Knowledge:
    entries = [entry_of(procedure) for procedure in catalogue.procedures.values()]
    strangers = [stranger_of(matter) for matter in tables.matters]
    index = Index.build(entries, tables.lexicon, model, elsewhere=strangers)
    return Knowledge(
        revision,
        catalogue,
        index,
        tables.calendar,
        tables.places,
        tables.amounts,
        tables.rates,
        frozenset(matter.name for matter in tables.matters if matter.told),
    )


def entry_of(procedure: Procedure) -> Entry:
    """What the index reads of a procedure."""
    return Entry(
        id=procedure.id,
        code=procedure.code,
        title=procedure.title,
        official_name=procedure.official_name,
        aliases=tuple(alias.text for alias in procedure.aliases),
        life_events=procedure.life_events,
        documents=tuple(document.name for document in procedure.documents),
        summary=procedure.summary,
        sector=procedure.sector,
        other_codes=procedure.other_codes,
    )


def stranger_of(matter: Matter) -> Entry:
    """What the index reads of a matter that others handle."""
    return Entry(id="", code="", title=matter.name, aliases=matter.said)


class Reader:
    """Gives the newest published knowledge; rebuilds it only when the revision number moved."""

    def __init__(self, procedures_dir: Path, model: Model | None = None) -> None:
        self._tables = Tables.load(procedures_dir)
        self._model = model
        self._known: Knowledge | None = None

    def current(self, session: Session) -> Knowledge:
        """The newest knowledge, built now if it is not built yet (at start, in a command)."""
        return self._known or self._rebuild(session, revisions.published_number(session))

    def refresh(self, session: Session) -> bool:
        """Swaps in a newer revision if there is one. Run off the hot path; true when it swapped."""
        number = revisions.published_number(session)
        if self._known is not None and self._known.revision == number:
            return False
        self._rebuild(session, number)
        return True

    def _rebuild(self, session: Session, number: int) -> Knowledge:
        catalogue = revisions.load(session, number)
        self._known = make_knowledge(catalogue, self._tables, revision=number, model=self._model)
        return self._known
