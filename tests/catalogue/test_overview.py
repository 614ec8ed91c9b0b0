"""The table of the catalogue and the list of what staff must verify."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.catalogue.overview import (
    OLD,
    SOON,
    TaskKind,
    office_gaps,
    sources_to_read,
    tally,
    todo,
)
from bot.catalogue.places import Office, OfficeKind
from bot.catalogue.procedure import Catalogue, Confidence, FeeState, Procedure, Sector, Source
from bot.wording.render import render

TODAY = date(2026, 11, 23)
SURE = {"source": "luat", "confidence": "high"}
LAW = Source(kind="law", document="Luật 1/2026/QH16", as_of=TODAY)
SECTORS = {
    "dat-dai": Sector(id="dat-dai", name="Đất đai", order=2),
    "cu-tru": Sector(id="cu-tru", name="Cư trú", order=1),
}


def make_procedure(name: str, *, aliases: int = 8, **changes: Any) -> Procedure:
    return Procedure.model_validate(
        {
            "id": name,
            "code": "1.010038",
            "title": name.capitalize(),
            "official_name": name,
            "summary": "Việc này.",
            "sector": "cu-tru",
            "aliases": [f"{name} {i}" for i in range(aliases)],
            "reviewed_at": TODAY,
            "review_due": TODAY + timedelta(days=365),
            **changes,
        }
    )


def make_catalogue(*procedures: Procedure, **sources: Source) -> Catalogue:
    return Catalogue(
        procedures={procedure.id: procedure for procedure in procedures},
        sources={"luat": LAW, **sources},
        sectors=SECTORS,
    )


def fee(state: str, **changes: Any) -> dict[str, Any]:
    return {"name": f"Phí {state}", "kind": "phi", "state": state, **SURE, **changes}


def test_the_table_counts_entries_aliases_confidence_and_fees() -> None:
    catalogue = make_catalogue(
        make_procedure("mot", aliases=8, fees=[fee("free"), fee("unknown", confidence="low")]),
        make_procedure("hai", aliases=11, documents=[{"name": "Đơn", **SURE}]),
        make_procedure("ba", aliases=30, sector="dat-dai"),
    )
    residence, land, everything = tally(catalogue)
    assert (residence.sector, land.sector) == (SECTORS["cu-tru"], SECTORS["dat-dai"])
    assert (residence.entries, residence.aliases_min, residence.aliases_median) == (2, 8, 9.5)
    assert residence.confidence[Confidence.HIGH] == pytest.approx(2 / 3)
    assert residence.fees[FeeState.FREE] == residence.fees[FeeState.UNKNOWN] == 1
    assert land.confidence == {}
    assert everything.sector is None
    assert (everything.entries, everything.aliases_median) == (3, 11)


def test_an_empty_sector_has_a_row() -> None:
    assert [row.entries for row in tally(make_catalogue())] == [0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "kind", "names"),
    [
        ({"fees": [fee("unknown")]}, TaskKind.FEE_UNKNOWN, ("Phí unknown",)),
        ({"fees": [fee("by_resolution")]}, TaskKind.FEE_BY_RESOLUTION, ("Phí by_resolution",)),
        ({"time_limits": [{"name": "Cấp", **SURE}]}, TaskKind.TIME_UNKNOWN, ("Cấp",)),
        (
            {"time_limits": [{"value": 8, "central_only": True, **SURE}]},
            TaskKind.CENTRAL_ONLY,
            ("",),
        ),
        (
            {
                "documents": [
                    {"name": "Đơn xin", "short": "Đơn", "source": "luat", "confidence": "low"}
                ]
            },
            TaskKind.LOW,
            ("Đơn",),
        ),
        ({"code": ""}, TaskKind.NO_CODE, ()),
        ({"review_due": TODAY + SOON}, TaskKind.REVIEW_SOON, ()),
        ({"review_due": TODAY}, TaskKind.REVIEW_SOON, ()),
        ({"review_due": TODAY - timedelta(days=1)}, TaskKind.REVIEW_PASSED, ()),
    ],
)
def test_every_doubt_is_a_task(
    changes: dict[str, Any], kind: TaskKind, names: tuple[str, ...]
) -> None:
    (found,) = todo(make_catalogue(make_procedure("mot", **changes)), today=TODAY)
    assert [(task.kind, task.names) for task in found.tasks] == [(kind, names)]


@pytest.mark.parametrize(
    "changes",
    [
        {"fees": [fee("free")]},
        {"review_due": TODAY + SOON + timedelta(days=1)},
        {"fees": [fee("unknown", verified_by="Một Cửa tỉnh")]},
        {"kind": "explainer", "code": ""},
    ],
)
def test_what_is_sure_or_verified_is_no_task(changes: dict[str, Any]) -> None:
    assert todo(make_catalogue(make_procedure("mot", **changes)), today=TODAY) == ()


def test_most_asked_comes_first_and_aliases_stand_in_for_questions() -> None:
    catalogue = make_catalogue(
        *(
            make_procedure(name, aliases=n, code="")
            for name, n in (("it", 8), ("nhieu", 30), ("hoi", 9))
        )
    )
    order = [found.procedure.id for found in todo(catalogue, today=TODAY)]
    assert order == ["nhieu", "hoi", "it"]
    order = [found.procedure.id for found in todo(catalogue, today=TODAY, asked={"it": 5})]
    assert order == ["it", "nhieu", "hoi"]


def test_the_document_that_settles_most_comes_first() -> None:
    old = LAW.model_copy(update={"as_of": TODAY - OLD - timedelta(days=1)})
    over = LAW.model_copy(update={"effective_to": TODAY - timedelta(days=1)})
    catalogue = make_catalogue(
        make_procedure(
            "mot", fees=[fee("unknown", source="nq"), fee("by_resolution", source="nq")]
        ),
        make_procedure("hai", fees=[fee("unknown", source="nq"), fee("unknown")]),
        nq=LAW,
        cu=old,
        het=over,
    )
    found = sources_to_read(catalogue, today=TODAY)
    assert [(s.key, s.facts, s.procedures) for s in found] == [
        ("nq", 3, 2),
        ("luat", 1, 1),
        ("cu", 0, 0),
        ("het", 0, 0),
    ]
    assert [(s.is_old, s.is_over) for s in found[2:]] == [(True, False), (False, True)]


def test_an_office_without_a_telephone_is_named() -> None:
    def office(**known: str | tuple[str, ...]) -> Office:
        return Office.model_validate(
            {"id": "o", "kind": OfficeKind.COUNTER, "name": "Một Cửa", "document": "QĐ"}
            | {"confidence": "high", "address": "Nhà A", "hours": "7–17", **known}
        )

    silent, guessed, known = (
        office(),
        office(phone="1", unverified=("phone",)),
        office(phone="0239 1"),
    )
    gaps = office_gaps([silent, guessed, known])
    assert [(gap.unknown, gap.unverified) for gap in gaps] == [(("phone",), ()), ((), ("phone",))]


def test_both_are_told_in_words() -> None:
    catalogue = make_catalogue(
        make_procedure("mot", code="", review_due=TODAY, review_reason="Hết mức giảm"),
        make_procedure("hai", fees=[fee("unknown")], time_limits=[SURE]),
    )
    table = render("staff/stats.txt", rows=tally(catalogue))
    assert [line.split()[0] for line in table.splitlines()] == ["lĩnh", "Cư", "Đất", "tất"]
    found = todo(catalogue, today=TODAY)
    words = render(
        "staff/todo.txt",
        sources=sources_to_read(catalogue, today=TODAY),
        offices=(),
        shown=found[:1],
        total=len(found),
    )
    assert "1. Hai (hai)" in words
    assert "«thời hạn chung»" in words
    assert "--top 0" in words
    rest = render("staff/todo.txt", sources=(), offices=(), shown=found, total=len(found))
    assert "rà soát trước 23/11/2026: Hết mức giảm" in rest
    assert "--top 0" not in rest
