"""What about a procedure somebody wants to know."""

from enum import StrEnum


class Facet(StrEnum):
    """One side of a procedure that a question can ask for."""

    DOCUMENTS = "documents"
    FEE = "fee"
    DEADLINE = "deadline"
    PLACE = "place"
    CHANNEL = "channel"
    CONDITIONS = "conditions"
    STEPS = "steps"
    RESULT = "result"
    LEGAL_BASIS = "legal_basis"
    FORM = "form"


def in_order(facets: set[Facet]) -> tuple[Facet, ...]:
    """The facets in the order in which a card shows them."""
    return tuple(facet for facet in Facet if facet in facets) if facets else ()
