"""One procedure as a citizen needs it: what to bring, what to pay, how long, where, by which law.

The national database merges what this model keeps apart (cases, fee states, units of time), and that
is why people hurt there. Mapped to CPSV-AP 3.2: Procedure = PublicService, Document = Evidence,
Fee = Cost, Channel = Channel, Source = LegalResource, `result` = Output.

Every fact names where it was read and how sure we are (`Fact`). A number nobody verified is a state
(`FeeState.UNKNOWN`, `TimeLimit.value = None`), never a zero.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

TITLE_LIMIT = 60  # characters: one line of a button list on a small phone
CHOICE_LIMIT = 30  # characters: the answer to a question is read whole, also on a small phone

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class SourceKind(StrEnum):
    LAW = "law"  # a legal document: shown under "Căn cứ"
    PORTAL = "portal"  # the national portal's own page
    PRACTICE = "practice"  # how offices work, told by staff; no document


class Source(Frozen):
    """Where facts were read. Shared by all procedures (`procedures/sources.yaml`)."""

    kind: SourceKind
    document: Text  # as citizens may quote it: "Nghị định 151/2025/NĐ-CP"
    about: str = ""
    as_of: date  # the day up to which we know it to be so
    effective_from: date | None = None
    effective_to: date | None = None
    note: str = ""


class Fact(Frozen):
    """What every fact carries: where it stands, how sure we are, and for whom it holds."""

    source: Slug  # a key of procedures/sources.yaml
    article: str = ""
    confidence: Confidence
    verified_by: str = ""  # who checked it in Hà Tĩnh; empty = nobody yet
    when: tuple[Slug, ...] = ()  # options of `cases`; empty = for everybody
    note: str = ""  # one plain sentence that the citizen sees


class Document(Fact):
    name: Text
    short: str = ""  # for the card; the name when empty
    form: str = ""
    originals: int = Field(0, ge=0)
    copies: int = Field(0, ge=0)
    certified: bool = False  # the copy must be a certified one
    show_only: bool = False  # shown, not handed in
    mandatory: bool = True
    condition: str = ""  # "nếu nộp thay": who needs it; a mandatory document has none
    issued_by: str = ""


class FeeKind(StrEnum):
    PHI = "phi"
    LE_PHI = "le_phi"
    THUE = "thue"
    KHAC = "khac"


class FeeState(StrEnum):
    AMOUNT = "amount"
    FORMULA = "formula"
    BY_RESOLUTION = "by_resolution"  # set by the provincial council; figure not verified by us
    UNKNOWN = "unknown"
    FREE = "free"


class Fee(Fact):
    name: Text
    kind: FeeKind
    state: FeeState
    amount: int | None = Field(None, gt=0)  # đồng; a free service is `state: free`, never 0
    unit: str = ""  # "bản", "lần", "hồ sơ": what the amount is for
    formula: str = ""
    exemption: str = ""
    condition: str = ""  # "nếu đăng ký quá hạn"

    @model_validator(mode="after")
    def state_agrees_with_figures(self) -> Self:
        if (self.state is FeeState.AMOUNT) != (self.amount is not None):
            raise PydanticCustomError("fee_amount", "amount and state disagree")
        if (self.state is FeeState.FORMULA) != bool(self.formula):
            raise PydanticCustomError("fee_formula", "formula and state disagree")
        return self


class TimeUnit(StrEnum):
    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"


class TimeLimit(Fact):
    name: str = ""  # the stretch it covers: "Niêm yết ở xã"; empty = the whole
    value: int | None = Field(None, gt=0)  # None = not known
    unit: TimeUnit = TimeUnit.WORKING_DAY
    starts_from: str = ""
    excludes: str = ""  # periods that do not count
    area: str = ""  # "xã miền núi: thêm 10 ngày làm việc"
    central_only: bool = False  # the national frame; the province may differ
    on_card: bool = True


class ChannelKind(StrEnum):
    IN_PERSON = "in_person"
    ONLINE = "online"
    POST = "post"


class Channel(Frozen):
    kind: ChannelKind
    place: Text
    url: str = ""
    when: tuple[Slug, ...] = ()


class Option(Frozen):
    id: Slug
    label: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Case(Frozen):
    """A question that separates people whose documents, fees or time differ."""

    id: Slug
    question: Text
    options: tuple[Option, ...] = Field(min_length=2, max_length=6)


class AliasKind(StrEnum):
    FOLK = "folk"
    ABBREVIATION = "abbreviation"
    DIALECT = "dialect"
    LEARNED = "learned"  # from a closed ticket


class Alias(Frozen):
    text: Text
    kind: AliasKind = AliasKind.FOLK

    @model_validator(mode="before")
    @classmethod
    def plain_text_is_folk(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value


class LegalBasis(Frozen):
    source: Slug
    article: str = ""


class SeeInstead(Frozen):
    """When this procedure is the wrong one, and which is right."""

    condition: Text
    procedure: Slug


class SimplifiedDelta(Frozen):
    """What the province cut against the national rule."""

    what: Text
    national: Text
    local: Text
    source: Slug


class Act(StrEnum):
    """What happens to land, as far as we can estimate its cost."""

    SALE = "sale"
    GIFT = "gift"
    INHERITANCE = "inheritance"
    CHANGE = "change"


class ProcedureKind(StrEnum):
    PROCEDURE = "procedure"
    EXPLAINER = "explainer"  # tells about taxes and fees; nothing is handed in


class Procedure(Frozen):
    id: Slug
    kind: ProcedureKind = ProcedureKind.PROCEDURE
    code: Annotated[str, StringConstraints(pattern=r"^(\d\.\d{6})?$")] = ""
    other_codes: tuple[Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")], ...] = ()
    title: Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LIMIT)]
    official_name: Text
    summary: Text
    use_when: str = ""
    see_instead: tuple[SeeInstead, ...] = ()
    sector: Slug
    audience: str = ""
    level: str = ""
    authority: str = ""
    aliases: tuple[Alias, ...] = ()
    life_events: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    documents: tuple[Document, ...] = ()
    fees: tuple[Fee, ...] = ()
    time_limits: tuple[TimeLimit, ...] = ()
    channels: tuple[Channel, ...] = ()
    conditions: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    estimate: Act | None = None  # an estimate of the cost is offered (procedures/rates.yaml)
    result: str = ""
    legal_bases: tuple[LegalBasis, ...] = ()
    related: tuple[Slug, ...] = ()
    simplified: tuple[SimplifiedDelta, ...] = ()
    reviewed_at: date  # the day its facts were last looked at
    review_due: date  # the day by which staff must look again
    review_reason: str = ""

    def facts(self) -> tuple[Fact, ...]:
        return (*self.documents, *self.fees, *self.time_limits)

    def options(self) -> dict[str, Case]:
        """The case that each option belongs to."""
        return {option.id: case for case in self.cases for option in case.options}

    def for_options(self, chosen: frozenset[str]) -> Procedure:
        """This procedure for a person who chose these options.

        A fact stays unless one of its cases was answered with another option, so before any answer
        all facts stay, and "I do not know" keeps them too.
        """
        case_of = self.options()
        answered = {case_of[option].id for option in chosen if option in case_of}

        def holds(when: tuple[str, ...]) -> bool:
            wanted = {option for option in when if case_of[option].id in answered}
            cases = {case_of[option].id for option in wanted}
            return all(any(o in chosen for o in wanted if case_of[o].id == c) for c in cases)

        return self.model_copy(
            update={
                "documents": tuple(d for d in self.documents if holds(d.when)),
                "fees": tuple(f for f in self.fees if holds(f.when)),
                "time_limits": tuple(t for t in self.time_limits if holds(t.when)),
                "channels": tuple(c for c in self.channels if holds(c.when)),
            }
        )


class Sector(Frozen):
    id: Slug
    name: Text
    order: int  # where it stands in the list that citizens see


class Choice(Frozen):
    """An answer to a question between procedures, and the procedure that it leads to."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=CHOICE_LIMIT)]
    procedure: Slug
    option: Slug | None = None  # answers a question of the procedure's own `cases` as well


class Question(Frozen):
    """What to ask when several procedures may be meant (`procedures/questions.yaml`)."""

    id: Slug
    question: Text
    options: tuple[Choice, ...] = Field(
        min_length=2, max_length=4
    )  # four buttons fit a small phone

    def procedures(self) -> frozenset[str]:
        return frozenset(option.procedure for option in self.options)


class Catalogue(BaseModel):
    """All that is published, at one revision number."""

    model_config = ConfigDict(frozen=True)

    procedures: dict[str, Procedure]
    sources: dict[str, Source]
    sectors: dict[str, Sector]
    questions: dict[str, Question] = {}

    def in_order(self) -> tuple[Sector, ...]:
        return tuple(sorted(self.sectors.values(), key=lambda sector: sector.order))

    def in_sector(self, sector: str) -> tuple[Procedure, ...]:
        found = (p for p in self.procedures.values() if p.sector == sector)
        return tuple(sorted(found, key=lambda p: p.title))
