"""procedures/README.md is true: it names every field, and its examples are read by the model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from bot.catalogue.procedure import (
    Alias,
    AliasKind,
    Case,
    Channel,
    ChannelKind,
    Choice,
    Confidence,
    Document,
    Fee,
    FeeKind,
    FeeState,
    LegalBasis,
    Option,
    Procedure,
    ProcedureKind,
    Question,
    Sector,
    SeeInstead,
    SimplifiedDelta,
    Source,
    SourceKind,
    TimeLimit,
    TimeUnit,
)
from bot.matching.lexicon import SECTIONS, Lexicon

GUIDE = (Path(__file__).parents[2] / "procedures" / "README.md").read_text(encoding="utf-8")
# A name in backticks, at the head of a line of YAML, or inside {…} or a sentence of the guide.
NAMED = set(re.findall(r"[`{ \n-]([a-z_]+)[`:]", GUIDE))
MODELS: tuple[type[BaseModel], ...] = (
    Procedure,
    Alias,
    Case,
    Option,
    Document,
    Fee,
    TimeLimit,
    Channel,
    LegalBasis,
    SeeInstead,
    SimplifiedDelta,
    Source,
    Sector,
    Question,
    Choice,
)
LISTS: dict[str, type[BaseModel]] = {
    "aliases": Alias,
    "cases": Case,
    "documents": Document,
    "fees": Fee,
    "time_limits": TimeLimit,
    "channels": Channel,
    "simplified": SimplifiedDelta,
}
EXAMPLES = [
    yaml.load(text, yaml.BaseLoader) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.S)
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_explained(model: type[BaseModel]) -> None:
    assert set(model.model_fields) <= NAMED


@pytest.mark.parametrize(
    "kind",
    [AliasKind, ChannelKind, Confidence, FeeKind, FeeState, ProcedureKind, SourceKind, TimeUnit],
)
def test_every_word_that_may_be_chosen_is_named(kind: type[FeeState]) -> None:
    assert {choice.value for choice in kind} <= set(re.findall(r"[a-z_]+", GUIDE))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
def test_an_example_can_be_copied(example: dict[str, object], tmp_path: Path) -> None:
    if set(example) <= set(SECTIONS):
        path = tmp_path / "lexicon.yaml"
        path.write_text(yaml.safe_dump(example, allow_unicode=True), encoding="utf-8")
        Lexicon.load(path)
        return
    if "id" in example:
        Procedure.model_validate(example)
        return
    for key, value in example.items():
        if key not in LISTS:
            assert isinstance(value, dict)
            if "options" in value:
                Question.model_validate({"id": key, **value})
            else:
                Source.model_validate(value)
            continue
        assert isinstance(value, list)
        for item in value:
            LISTS[key].model_validate(item)
