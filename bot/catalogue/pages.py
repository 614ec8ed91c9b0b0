"""Reads the single files of `procedures/` (calendar, communes, offices, rates) into their models.

A file that is wrong is refused whole, with every finding: a calendar or a rate half understood would
tell people a wrong day or a wrong sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from bot.catalogue.files import Finding, M, Page, UnreadableError, _from_pydantic, read_page
from bot.errors import CatalogueError


class BadFileError(CatalogueError):
    """A single file of the catalogue cannot be used; `findings` says where and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(
            f"{first.path}:{first.line}: {first.code} {dict(first.facts)}"
            f" ({len(findings)} in all); run `motcua catalogue check`"
        )
        self.findings = tuple(findings)


def read_model(
    path: Path, model: type[M], check: Callable[[Page, M], Iterable[Finding]] = lambda _, __: ()
) -> M:
    """The mapping of this file as a model that passes `check`; raises `BadFileError`."""
    page = _read(path)
    if not isinstance(page.data, dict):
        raise BadFileError([Finding(path, 1, "not_mapping")])
    try:
        read = model.model_validate(page.data)
    except ValidationError as error:
        raise BadFileError(_from_pydantic(page, error)) from error
    _refuse_errors(check(page, read))
    return read


def read_list(
    path: Path,
    model: type[M],
    check: Callable[[Page, tuple[M, ...]], Iterable[Finding]] = lambda _, __: (),
) -> tuple[M, ...]:
    """The list of this file, every entry as a model; raises `BadFileError`."""
    page = _read(path)
    if not isinstance(page.data, list):
        raise BadFileError([Finding(path, 1, "not_list")])
    read, findings = [], []
    for i, entry in enumerate(page.data):
        try:
            read.append(model.model_validate(entry))
        except ValidationError as error:
            findings += _from_pydantic(page, error, (i,))
    _refuse_errors(findings)
    _refuse_errors(check(page, tuple(read)))
    return tuple(read)


def _read(path: Path) -> Page:
    if not path.is_file():
        raise BadFileError([Finding(path, 1, "no_file")])
    try:
        return read_page(path)
    except UnreadableError as error:
        raise BadFileError([error.finding]) from error


def _refuse_errors(findings: Iterable[Finding]) -> None:
    if errors := [finding for finding in findings if not finding.warning]:
        raise BadFileError(errors)


def findings_of(load: Callable[[], object]) -> list[Finding]:
    """What is wrong with the file that `load` reads; empty when it can be used."""
    try:
        load()
    except BadFileError as error:
        return list(error.findings)
    return []
