"""Whether citizens will understand what authors wrote: reminders with a suggestion, never errors.

The official words are data (`procedures/plain_words.yaml`), so that staff add one without a programmer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from bot.catalogue.files import Finding, Page, Place
from bot.catalogue.pages import BadFileError, read_model
from bot.catalogue.procedure import Frozen, Procedure
from bot.catalogue.spelling import read_words

LONG_SENTENCE_WORDS = 32  # syllables; beyond this a reader on a small phone loses the thread
REPEATED_SHARE = 0.7  # "nếu theo trọng tài" below the button "Theo trọng tài" says nothing new
IN_BRACKETS = re.compile(r"\([^)]*\)")
SENTENCE_END = re.compile(r"[.;:!?]\s+")


def fold(text: str) -> str:
    """As people type on a phone: without diacritics, capitals and punctuation."""
    return " ".join(word.folded for word in read_words(text))


class PlainWords(Frozen):
    """`plain_words.yaml`: official words with what to say instead, and words without news."""

    say_instead: Mapping[str, str] = {}
    links: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> tuple[PlainWords, list[Finding]]:
        """The words of the file; a folder without the file has none."""
        try:
            return (read_model(path, cls) if path.is_file() else cls()), []
        except BadFileError as error:
            return cls(), list(error.findings)

    def found_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Official words outside brackets, once each, with the plain ones."""
        told = IN_BRACKETS.sub(" ", text).lower()
        for word in dict.fromkeys(self._pattern.findall(told)):
            yield word, self._plain[word]

    def repeats(self, condition: str, label: str) -> bool:
        """The condition says hardly more than the words on the button."""
        said = set(fold(condition).split()) - self._links
        return bool(said) and len(said & set(fold(label).split())) / len(said) >= REPEATED_SHARE

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {word.lower(): plain for word, plain in self.say_instead.items()}

    @cached_property
    def _links(self) -> frozenset[str]:
        return frozenset(map(fold, self.links))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._plain, key=len, reverse=True)
        return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")


def check_plain(procedure: Procedure, page: Page, words: PlainWords) -> Iterator[Finding]:
    for place, text in plain_texts(procedure):
        yield from check_text(page, place, text, words)
    yield from _check_twice_said(procedure, page, words)


def check_text(page: Page, place: Place, text: str, words: PlainWords) -> Iterator[Finding]:
    """Official words and long sentences in what citizens read."""
    for word, plain in words.found_in(text):
        yield page.finding(place, "official_word", warning=True, word=word, plain=plain)
    for sentence in SENTENCE_END.split(text):
        if (length := len(sentence.split())) > LONG_SENTENCE_WORDS:
            yield page.finding(place, "long_sentence", warning=True, words=length)


def plain_texts(procedure: Procedure) -> Iterator[tuple[Place, str]]:
    """Every sentence that citizens read and authors put in their own words."""
    for name in ("title", "summary", "use_when", "result"):
        yield (name,), getattr(procedure, name)
    for name in ("conditions", "steps"):
        for i, text in enumerate(getattr(procedure, name)):
            yield (name, i), text
    for i, other in enumerate(procedure.see_instead):
        yield ("see_instead", i, "condition"), other.condition
    for i, case in enumerate(procedure.cases):
        yield ("cases", i, "question"), case.question
        for j, option in enumerate(case.options):
            yield ("cases", i, "options", j, "label"), option.label
    for name in ("documents", "fees", "time_limits"):
        for i, fact in enumerate(getattr(procedure, name)):
            yield (name, i, "note"), fact.note
            yield (name, i, "condition"), getattr(fact, "condition", "")


def _check_twice_said(procedure: Procedure, page: Page, words: PlainWords) -> Iterator[Finding]:
    """What a card would say twice: a name, a bracket beside a bracket, an option's own words."""
    labels = {option.id: option.label for case in procedure.cases for option in case.options}
    seen: set[str] = set()
    for i, fee in enumerate(procedure.fees):
        if (name := fold(fee.name)) in seen:
            yield page.finding(("fees", i, "name"), "fee_named_twice", warning=True, name=fee.name)
        seen.add(name)
    for kind in ("documents", "fees"):
        for i, fact in enumerate(getattr(procedure, kind)):
            shown = getattr(fact, "short", "") or fact.name
            brackets = shown.endswith(")") and (fact.condition or fact.when)
            if brackets or "(" in fact.condition:
                yield page.finding((kind, i), "double_brackets", warning=True, text=shown)
            told = " ".join(labels.get(option, "") for option in fact.when)
            if words.repeats(fact.condition, told):
                yield page.finding(
                    (kind, i, "condition"), "condition_repeats", warning=True, label=told
                )
    for i, channel in enumerate(procedure.channels):
        if channel.url and channel.place.endswith(")"):
            place: Place = ("channels", i, "place")
            yield page.finding(place, "double_brackets", warning=True, text=channel.place)
