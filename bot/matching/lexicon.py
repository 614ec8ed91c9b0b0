"""What words mean here: abbreviations, folk names, dialect, how a question is framed.

The words live in `procedures/lexicon.yaml`, where staff extend them. A mistake there is named by
line, with what to do, before the bot starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import yaml

from bot.errors import UsageError
from bot.matching.building import kept
from bot.matching.facets import Facet
from bot.matching.intents import Intent
from bot.matching.phrases import Kind, Pattern, Phrase, PhraseTable, phrases_of
from bot.matching.text import Word, fold, mark, words


class LexiconError(UsageError):
    """The lexicon cannot be used; says where and what to do."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


@dataclass(frozen=True)
class Shorthand:
    """A short form and what it stands for; `near` names words one of which must be close by."""

    words: tuple[Word, ...]
    near: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Qualifiers:
    """Words that separate sister procedures: lần đầu or cấp lại, in the country or abroad."""

    table: PhraseTable
    defaults: dict[str, str]  # group → value assumed when nothing is said

    def said_in(self, row: Sequence[Word], *, marked: bool) -> frozenset[str]:
        """What the row says: "joined=no", "age=child".

        Of one group the longer phrase counts: "không liên thông" says no, although "liên thông"
        says yes, and "dưới 14 tuổi" is not "14 tuổi".
        """
        found = [
            (one.name, at, at + one.length)
            for at, here in self.table.found(row, marked=marked)
            for one in here
        ]
        if len(found) < 2:
            return frozenset(name for name, _, _ in found)
        return frozenset(
            one[0] for one in found if not any(_overrules(other, one) for other in found)
        )


def _overrules(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """Whether the one is a longer phrase of the same group around the other."""
    (name, begin, end), (inside, first, last) = one, other
    is_around = begin <= first and last <= end and end - begin > last - first
    return is_around and name.partition("=")[0] == inside.partition("=")[0]


@dataclass(frozen=True)
class Lexicon:
    """All word knowledge, compiled for lookup."""

    shorthand: dict[str, Shorthand]
    dialect: dict[str, tuple[Word, ...]]
    phrases: PhraseTable
    cues: PhraseTable
    intents: PhraseTable
    polite: PhraseTable  # what may stand beside a thank-you or a yes
    ordinals: PhraseTable
    alone: PhraseTable  # what asks for a side where nothing else is said: "giấy tờ"
    details: PhraseTable  # what tells of a case and asks nothing: "mệ 80 tuổi"
    qualifiers: Qualifiers
    related: dict[str, tuple[str, ...]]  # term → terms that whoever says it may mean as well
    plain: frozenset[str]  # concepts that tell less than the others
    facts: frozenset[str]  # concepts that tell what happened: in a talk no new matter
    common: frozenset[str]
    asking: frozenset[str]  # last words of a question: "… à", "… không"
    function_words: tuple[Word, ...] = field(repr=False)  # padding of one word
    vocabulary: frozenset[str] = field(repr=False)
    spellings: dict[str, frozenset[str]] = field(repr=False)  # folded → marked, of every word here

    def is_thing(self, term: str) -> bool:
        """Whether the term is a thing with a name of its own: "sổ đỏ", not "mất"."""
        return is_concept(term) and term not in self.plain

    def asks(self, row: Sequence[Word]) -> bool:
        """Whether the last word is one that asks: "… à", "… không"."""
        return bool(row) and row[-1].folded in self.asking

    @cached_property
    def fillers(self) -> frozenset[str]:
        """Words that tell next to nothing: "nhé", "nhiều"."""
        return self.common | {one.folded for one in self.function_words}

    @cached_property
    def rewritten(self) -> frozenset[str]:
        """Short forms and dialect, which are written out, in their marked form."""
        return frozenset((*self.shorthand, *self.dialect))

    @classmethod
    @kept()
    def load(cls, path: Path) -> Lexicon:
        """The lexicon of a file; a LexiconError says which line is wrong and what to do."""
        return _Reader(path).lexicon()


SECTIONS = (
    "abbreviations",
    "teencode",
    "dialect",
    "padding",
    "frames",
    "cues",
    "compounds",
    "concepts",
    "related",
    "plain",
    "facts",
    "qualifiers",
    "common",
    "asking",
    "intents",
    "polite",
    "ordinals",
    "details",
    "alone",
)
NO_INTENT = "none"  # looks like an intent and is none: "không muốn sống chung với chồng"
VAGUE = "?"  # ends the name of a frame that counts only where nothing clearer is asked
CUES = (
    "substance",
    "continuation",
    "likewise",
    "correction",
    "change",
    "wish",
    "joint",
    "denial",
    "denied",
    "purpose",
    "done",
    "need",
    "doing",
    "state",
)


class _Reader:
    """Reads one file, keeping line numbers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sections = self._sections()

    def _sections(self) -> dict[str, yaml.Node]:
        try:
            root = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except OSError as error:
            raise LexiconError(self.path, 1, f"cannot be read ({error.strerror})") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise LexiconError(self.path, line, f"is not YAML: {error.problem}") from error
        found = {} if root is None else {key: value for key, value, _ in self._pairs(root)}
        for key, _, line in [] if root is None else self._pairs(root):
            if key not in SECTIONS:
                known = ", ".join(SECTIONS)
                raise LexiconError(self.path, line, f"unknown section {key!r}; use one of {known}")
        return found

    def _fail(self, node: yaml.Node, message: str) -> LexiconError:
        return LexiconError(self.path, node.start_mark.line + 1, message)

    def _pairs(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, int]]:
        if not isinstance(node, yaml.MappingNode):
            raise self._fail(node, "expected `name: value` lines here")
        seen: set[str] = set()
        for key, value in node.value:
            name = self._text(key)
            if name in seen:
                raise self._fail(key, f"{name!r} is written twice; keep one")
            seen.add(name)
            yield name, value, key.start_mark.line + 1

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self._fail(node, "expected a text here")
        return str(node.value).strip()

    def _items(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self._fail(node, "expected a list here: one `- text` a line, or [text, text]")
        return list(node.value)

    def _texts(self, node: yaml.Node | None) -> list[str]:
        return [self._text(item) for item in self._items(node)]

    def _words(self, section: str) -> list[Word]:
        return [one for text in self._texts(self.sections.get(section)) for one in words(text)]

    def _patterns(self, node: yaml.Node | None) -> list[Pattern]:
        return [self._pattern(item) for item in self._items(node)]

    def _pattern(self, node: yaml.Node) -> Pattern:
        text = self._text(node)
        try:
            pattern = Pattern.parse(text)
        except ValueError as error:
            raise self._fail(node, f"{text!r}: {error}") from error
        if pattern.may_be_empty:
            raise self._fail(node, f"{text!r} may come out empty; let one word always stand")
        return pattern

    def _section(self, name: str) -> Iterator[tuple[str, yaml.Node, int]]:
        node = self.sections.get(name)
        return iter(()) if node is None else self._pairs(node)

    def lexicon(self) -> Lexicon:
        dialect = {
            mark(said): words(self._text(node)) for said, node, _ in self._section("dialect")
        }
        spoken = _spoken(dialect)
        shorthand = self._shorthand()
        common, asking = self._words("common"), self._words("asking")
        phrases = self._phrases(spoken)
        cues = self._named("cues", CUES, spoken)
        intents = self._named("intents", (*Intent, NO_INTENT), spoken)
        polite = phrases_of(
            [one.varied(spoken) for one in self._patterns(self.sections.get("polite"))],
            Kind.PADDING,
        )
        ordinals = self._named("ordinals", None, {})
        alone = self._named("alone", tuple(Facet), {})
        details = phrases_of(
            [one.varied(spoken) for one in self._patterns(self.sections.get("details"))],
            Kind.PADDING,
        )
        qualifiers, defaults = self._qualifiers()
        table = PhraseTable(phrases)
        return Lexicon(
            shorthand=shorthand,
            dialect=dialect,
            phrases=table,
            cues=PhraseTable(cues),
            intents=PhraseTable(intents),
            polite=PhraseTable(polite),
            ordinals=PhraseTable(ordinals),
            alone=PhraseTable(alone),
            details=PhraseTable(details),
            qualifiers=Qualifiers(PhraseTable(qualifiers), defaults),
            related=self._related(),
            plain=self._concepts_of("plain"),
            facts=self._concepts_of("facts"),
            common=frozenset(one.folded for one in common),
            asking=frozenset(one.folded for one in asking),
            function_words=tuple(table.single_words(Kind.PADDING)),
            vocabulary=frozenset(one.folded for one in _words_of(phrases)),
            spellings=_spellings(
                chain(
                    _words_of(
                        [
                            *phrases,
                            *cues,
                            *intents,
                            *polite,
                            *ordinals,
                            *alone,
                            *details,
                            *qualifiers,
                        ]
                    ),
                    chain.from_iterable(spoken.values()),
                    map(_from_mark, shorthand),
                    chain.from_iterable(dialect.values()),
                    chain.from_iterable(short.words for short in shorthand.values()),
                    common,
                )
            ),
        )

    def _shorthand(self) -> dict[str, Shorthand]:
        return {
            mark(short): self._short(node)
            for name in ("teencode", "abbreviations")
            for short, node, _ in self._section(name)
        }

    def _short(self, node: yaml.Node) -> Shorthand:
        """`gcn: giấy chứng nhận`, or `{means: sổ đỏ, near: [đất, bìa]}` where it is ambiguous."""
        if isinstance(node, yaml.ScalarNode):
            return Shorthand(words(self._text(node)))
        parts = {key: value for key, value, _ in self._pairs(node)}
        if set(parts) != {"means", "near"}:
            raise self._fail(node, "expected `means: text` and `near: [word, word]`")
        near = frozenset(fold(text) for text in self._texts(parts["near"]))
        return Shorthand(words(self._text(parts["means"])), near)

    def _phrases(self, spoken: Spoken) -> list[Phrase]:
        padding = self._patterns(self.sections.get("padding"))
        compounds = self._patterns(self.sections.get("compounds"))
        return [
            *phrases_of(compounds, Kind.COMPOUND),
            *self._concepts(),
            *self._named("frames", tuple(Facet), spoken),
            *phrases_of([one.varied(spoken) for one in padding], Kind.PADDING),
        ]

    def _concepts(self) -> list[Phrase]:
        return [
            phrase
            for name, node, _ in self._section("concepts")
            for phrase in phrases_of(
                [Pattern.parse(name), *self._patterns(node)], Kind.CONCEPT, fold_name(name)
            )
        ]

    def _named(self, section: str, names: tuple[str, ...] | None, spoken: Spoken) -> list[Phrase]:
        found: list[Phrase] = []
        for name, node, line in self._section(section):
            if names is not None and not set(name.removesuffix(VAGUE).split("+")) <= {*names}:
                known = ", ".join(names)
                raise LexiconError(self.path, line, f"unknown name {name!r}; use one of {known}")
            patterns = [one.varied(spoken) for one in self._patterns(node)]
            found += phrases_of(patterns, Kind.FRAME, name)
        return found

    def _related(self) -> dict[str, tuple[str, ...]]:
        """`chết: [khai tử, mai táng]`: concepts or single words on both sides, one way."""
        named = self._concept_names()
        found: dict[str, tuple[str, ...]] = {}
        for said, node, line in self._section("related"):
            texts = (said, *self._texts(node))
            for text in texts:
                if text not in named and len(words(text)) != 1:
                    message = f"{text!r} is neither a concept nor one word; add it to `concepts`"
                    raise LexiconError(self.path, line, message)
            key, *others = (fold_name(one) if one in named else fold(one) for one in texts)
            found[key] = tuple(others)
        return found

    def _concepts_of(self, section: str) -> frozenset[str]:
        """`plain: [mất, sửa]`: a section that lists concepts by their names."""
        items, named = self._items(self.sections.get(section)), self._concept_names()
        for item in items:
            if self._text(item) not in named:
                message = f"{self._text(item)!r} is not a concept; add it to `concepts`"
                raise self._fail(item, message)
        return frozenset(fold_name(self._text(item)) for item in items)

    def _concept_names(self) -> set[str]:
        return {name for name, _, _ in self._section("concepts")}

    def _qualifiers(self) -> tuple[list[Phrase], dict[str, str]]:
        phrases: list[Phrase] = []
        defaults: dict[str, str] = {}
        for group, node, _ in self._section("qualifiers"):
            for value, patterns, _ in self._pairs(node):
                if value == "default":
                    defaults[group] = self._text(patterns)
                    continue
                name = f"{group}={value}"
                phrases += phrases_of(self._patterns(patterns), Kind.COMPOUND, name)
        return phrases, defaults


def fold_name(name: str) -> str:
    """The term that stands for a concept in the index."""
    return "@" + "-".join(one.folded for one in words(name))


def is_concept(term: str) -> bool:
    """Whether a term stands for a concept, rather than for the word itself."""
    return term.startswith("@")


Spoken = dict[str, list[Word]]  # marked form → how else it is said: "đâu" is "mô"


def _spoken(dialect: dict[str, tuple[Word, ...]]) -> Spoken:
    spoken: Spoken = {}
    for said, meant in dialect.items():
        if len(meant) == 1:
            spoken.setdefault(meant[0].marked, []).append(_from_mark(said))
            # A question is read in the standard words: whoever writes "khi mô" here means it too.
            spoken.setdefault(said, []).append(meant[0])
    return spoken


def _from_mark(marked: str) -> Word:
    return Word(fold(marked.rstrip("12345")), marked)


def _words_of(phrases: Iterable[Phrase]) -> Iterator[Word]:
    return chain.from_iterable(phrase.pattern.words() for phrase in phrases)


def _spellings(row: Iterable[Word]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word in row:
        found.setdefault(word.folded, set()).add(word.marked)
    return {folded: frozenset(marked) for folded, marked in found.items()}
