"""What the bot knows at one revision: the published catalogue and the index over it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from bot.catalogue import revisions
from bot.catalogue.procedure import Catalogue, Procedure
from bot.matching.index import Entry, Index
from bot.matching.lexicon import Lexicon


@dataclass(frozen=True)
class Knowledge:
    revision: int  # the publication's number; 0 = read from files, not published
    catalogue: Catalogue
    index: Index

    def find(self, procedure: str) -> Procedure | None:
        return self.catalogue.procedures.get(procedure)


def make_knowledge(catalogue: Catalogue, lexicon: Lexicon, *, revision: int = 0) -> Knowledge:
    entries = [entry_of(procedure) for procedure in catalogue.procedures.values()]
    return Knowledge(revision, catalogue, Index.build(entries, lexicon))


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


class Reader:
    """Gives the newest published knowledge; rebuilds it only when the revision number moved."""

    def __init__(self, procedures_dir: Path) -> None:
        self._lexicon = Lexicon.load(procedures_dir / "lexicon.yaml")
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
        self._known = make_knowledge(catalogue, self._lexicon, revision=number)
        return self._known
