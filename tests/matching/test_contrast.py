"""What sets the talk of sisters apart is learned from their own phrases."""

import json
from dataclasses import replace

from bot.matching.contrast import OUTSIDE, contrasts
from bot.matching.index import Index
from bot.matching.model import MODEL_PATH, contrasts_path, default_model
from bot.matching.talk import gram_weights, likeness, talk_of, talk_of_all
from bot.matching.text import fold

LOST = ["mất sổ đỏ", "sổ đỏ bị mất", "tìm không thấy sổ đỏ", "sổ đỏ ai lấy mất"]
TORN = ["rách sổ đỏ", "sổ đỏ bị rách", "chuột gặm sổ đỏ mất góc", "sổ đỏ cũ quá"]


def test_phrases_are_nearer_to_their_owners_than_before() -> None:
    """ "Mất góc" is said of a torn one, and "mất" of those that are lost."""
    phrases = [[text.split() for text in texts] for texts in (LOST, TORN)]
    weights = gram_weights([*phrases[0], *phrases[1]])
    talks = [talk_of_all(texts, weights) for texts in phrases]
    owned = [(at, talk_of(words, weights)) for at, texts in enumerate(phrases) for words in texts]
    learned = contrasts(talks, owned)
    gained = [likeness(one, learned[at]) - likeness(one, learned[1 - at]) for at, one in owned]
    assert sum(gained) > 0
    assert learned == contrasts(talks, owned)


def test_procedures_that_share_nothing_need_no_contrast() -> None:
    weights = gram_weights([["khai", "sinh"], ["xây", "nhà"]])
    talks = [talk_of_all([words], weights) for words in (["khai", "sinh"], ["xây", "nhà"])]
    owned = [(0, talk_of(["khai", "sinh"], weights)), (1, talk_of(["xây", "nhà"], weights))]
    assert contrasts(talks, owned) == [{}, {}]


def test_one_thing_named_alone_is_not_told_apart(catalogue_index: Index) -> None:
    """Whoever says "căn cước" has not said whether it is lost."""
    (first, *_) = catalogue_index.match(catalogue_index.read("căn cước")).ours
    assert first.features["contrast"] == first.features["talk"]


def test_the_contrasts_of_the_package_are_of_procedures_that_there_are(
    catalogue_index: Index,
) -> None:
    kept = json.loads(contrasts_path(MODEL_PATH).read_text(encoding="utf-8"))
    assert len(kept) > 100
    assert all(one in catalogue_index for one in kept if one != OUTSIDE)


def test_our_own_questions_teach_their_words(index: Index) -> None:
    asked = [fold(one) for one in ["ở", "trọ", "khai", "tạm", "trú", "thêm"]]
    taught = index.contrasts([("gia-han-tam-tru", asked)])
    assert taught["gia-han-tam-tru"].get("tro", 0.0) > 0


def test_what_nobody_here_handles_is_heard(index: Index) -> None:
    strange = [fold(one) for one in ["cha", "chết", "con", "chia", "đất"]]
    learned = index.contrasts([(OUTSIDE, strange)])
    heard = index.with_model(replace(default_model(), contrasts=learned))
    assert heard.match(heard.read("chia đất")).outside > 0
    assert heard.match(heard.read("ở trọ")).outside <= 0
    assert OUTSIDE not in index.contrasts()
