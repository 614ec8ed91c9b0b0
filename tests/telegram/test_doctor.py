"""`motcua doctor` against the stand-in: every missing right is named, nothing that is there is."""

from __future__ import annotations

from pathlib import Path

from bot.rehearsal.people import People
from bot.rehearsal.rehearse import settings_for
from bot.rehearsal.serving import serving
from bot.rehearsal.world import World
from bot.telegram.doctor import Diagnosis, examine
from bot.wording.render import render


def wrong(found: list[Diagnosis]) -> set[str]:
    return {diagnosis.code for diagnosis in found if not diagnosis.ok}


def told(found: list[Diagnosis]) -> str:
    return "\n".join(
        render("staff/doctor.txt", **one.facts, code=one.code, ok=one.ok) for one in found
    )


async def test_a_well_kept_office_has_nothing_to_mend(tmp_path: Path) -> None:
    async with serving(World()) as url:
        found = await examine(settings_for(url, tmp_path))
    assert wrong(found) == set()
    assert "@motcua_bot" in told(found)
    assert "✘" not in told(found)


async def test_missing_rights_are_named_in_vietnamese(tmp_path: Path) -> None:
    async with serving(World()) as url, People(url) as people:
        await people.officers.set_rights(can_manage_topics=False, can_pin_messages=False)
        found = await examine(settings_for(url, tmp_path))
    assert wrong(found) == {"can_manage_topics", "can_pin_messages"}
    assert "✘ Quyền Quản lý chủ đề: thiếu" in told(found)


async def test_a_group_that_is_not_there_and_one_that_is_not_bound(tmp_path: Path) -> None:
    async with serving(World()) as url:
        settings = settings_for(url, tmp_path)
        strange = settings.model_copy(update={"desk_group_id": -1009999999999})
        unbound = settings.model_copy(update={"desk_group_id": None})
        assert wrong(await examine(strange)) == {"group_unknown"}
        assert wrong(await examine(unbound)) == {"group_unbound"}


async def test_a_target_for_wrong_answers_is_shown_or_refused(tmp_path: Path) -> None:
    async with serving(World()) as url:
        settings = settings_for(url, tmp_path)
        kept = await examine(settings.model_copy(update={"most_wrong": 0.02}))
        too_few = await examine(settings.model_copy(update={"most_wrong": 0.0001}))
    assert wrong(kept) == set()
    assert "✔ Trả lời nhầm nhiều nhất 2 %" in told(kept)
    assert wrong(too_few) == {"careful"}
    assert "✘ MOTCUA_MOST_WRONG" in told(too_few)


async def test_telegram_out_of_reach_is_said_and_hides_nothing_else(tmp_path: Path) -> None:
    found = await examine(settings_for("http://127.0.0.1:9", tmp_path))
    assert wrong(found) == {"reach"}
    assert {"catalogue", "database"} <= {diagnosis.code for diagnosis in found}
