"""Reads `procedures/`: YAML that people write, every finding with its file and line.

YAML guesses: it reads `1.001193` as a number, `7:30` as 450 and `no` as false. Here every plain
scalar is text, and the model alone says what becomes a number or a date.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.catalogue.procedure import Catalogue, Procedure, Question, Sector, Source

M = TypeVar("M", bound=BaseModel)
NULLS = ("", "~", "null")
QUESTIONS = "questions.yaml"
Place = tuple[str | int, ...]  # ("documents", 2, "form")


@dataclass(frozen=True)
class Finding:
    """Something that a person must mend or look at. `code` names a text of the findings template."""

    path: Path
    line: int
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True)
class Page:
    """One YAML file: its plain data, and its text, in which a finding names a line."""

    path: Path
    data: Any
    text: str

    @cached_property
    def _root(self) -> yaml.Node | None:
        return _compose(self.text)

    def line(self, place: Place) -> int:
        """The line of this value, or of the nearest thing around it."""
        here = value = self._root
        for step in place:
            found = _inside(value, step)
            if found is None:
                break
            here, value = found
        return here.start_mark.line + 1 if here else 1

    def finding(
        self, place: Place, code: str, *, warning: bool = False, **facts: object
    ) -> Finding:
        return Finding(self.path, self.line(place), code, facts, warning)


class UnreadableError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_page(path: Path) -> Page:
    """The file as text, lists and mappings, NFC; raises `UnreadableError`."""
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
        node = _compose(text)
    except UnicodeDecodeError as error:
        raise UnreadableError(Finding(path, 1, "not_utf8", {"at": error.start})) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableError(Finding(path, line, "not_yaml", {"why": error.problem})) from error
    return Page(path, _plain(node, path), text)


def _compose(text: str) -> yaml.Node | None:
    return yaml.compose(text, Loader=yaml.CBaseLoader)


def _plain(node: yaml.Node | None, path: Path) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, path) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path)
    if isinstance(node, yaml.ScalarNode):
        is_plain = not node.style  # the C parser says ""
        return None if is_plain and node.value in NULLS else node.value
    return None


def _mapping(node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in found:
            line = key_node.start_mark.line + 1
            raise UnreadableError(Finding(path, line, "twice", {"key": key}))
        found[key] = _plain(value_node, path)
    return {key: value for key, value in found.items() if value is not None}


def _inside(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """One step into a value: where that stands, and what it is."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if str(key.value) == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


@dataclass
class Folder:
    """What was read from `procedures/`: the good pages, and what is wrong with the others."""

    root: Path
    procedures: dict[str, Procedure] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)  # by procedure id
    sources: dict[str, Source] = field(default_factory=dict)
    sectors: dict[str, Sector] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def catalogue(self) -> Catalogue:
        return Catalogue(
            procedures=self.procedures,
            sources=self.sources,
            sectors=self.sectors,
            questions=self.questions,
        )


def read_folder(root: Path) -> Folder:
    """Everything below `root`; never raises for a bad file: it becomes a finding."""
    folder = Folder(root)
    folder.sources = _read_mapping(folder, root / "sources.yaml", Source)
    folder.sectors = _read_mapping(folder, root / "sectors.yaml", Sector, id_from_key=True)
    if (path := root / QUESTIONS).is_file():  # without it the titles are listed
        folder.questions = _read_mapping(folder, path, Question, id_from_key=True)
    for path in sorted(root.glob("*/*.yaml")):
        _read_procedure(folder, path)
    return folder


def _read_page(folder: Folder, path: Path) -> Page | None:
    if not path.is_file():
        folder.findings.append(Finding(path, 1, "no_file"))
        return None
    try:
        page = read_page(path)
    except UnreadableError as error:
        folder.findings.append(error.finding)
        return None
    if not isinstance(page.data, dict):
        folder.findings.append(Finding(path, 1, "not_mapping"))
        return None
    return page


def _read_mapping(
    folder: Folder, path: Path, model: type[M], *, id_from_key: bool = False
) -> dict[str, M]:
    page = _read_page(folder, path)
    found: dict[str, M] = {}
    if page is None:
        return found
    for key, value in page.data.items():
        data = {"id": key, **value} if id_from_key and isinstance(value, dict) else value
        try:
            found[key] = model.model_validate(data)
        except ValidationError as error:
            folder.findings += _from_pydantic(page, error, (key,))
    return found


def _read_procedure(folder: Folder, path: Path) -> None:
    page = _read_page(folder, path)
    if page is None:
        return
    try:
        procedure = Procedure.model_validate(page.data)
    except ValidationError as error:
        folder.findings += _from_pydantic(page, error)
        return
    if procedure.id in folder.procedures:
        other = folder.pages[procedure.id].path.name
        folder.findings.append(page.finding(("id",), "id_taken", id=procedure.id, other=other))
        return
    folder.procedures[procedure.id] = procedure
    folder.pages[procedure.id] = page


def _from_pydantic(page: Page, error: ValidationError, prefix: Place = ()) -> list[Finding]:
    findings = []
    for problem in error.errors(include_url=False):
        place = (*prefix, *problem["loc"])
        facts = {
            **problem.get("ctx", {}),
            "field": ".".join(str(part) for part in place),
            "value": str(problem["input"])[:60],
        }
        findings.append(page.finding(place, problem["type"], **facts))
    return findings
