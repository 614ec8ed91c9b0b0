"""How people talk of a procedure is heard in all their words, not only in the telling ones."""

from hypothesis import given
from hypothesis import strategies as st

from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.profiles import Entry
from bot.matching.talk import gram_weights, likeness, talk_of, talk_of_all

WORDS = st.lists(st.sampled_from(["đất", "cắt", "ra", "cho", "con"]), max_size=12)


@given(WORDS, st.lists(WORDS, max_size=5))
def test_a_likeness_is_a_share_whatever_is_said(said: list[str], phrases: list[list[str]]) -> None:
    weights = gram_weights([said, *phrases])
    assert 0.0 <= likeness(talk_of(said, weights), talk_of_all(phrases, weights)) <= 2.5


def test_many_phrases_weigh_more_than_a_name() -> None:
    phrases = [["cắt", "đất", "cho", "con"], ["cắt", "đất", "cho", "em"]]
    weights = gram_weights(phrases)
    said = talk_of(["cắt", "đất", "cho", "chị"], weights)
    assert likeness(said, talk_of_all(phrases, weights)) > likeness(
        said, talk_of_all(phrases[:1], weights)
    )


def test_words_that_name_nothing_still_tell_who_talks(lexicon: Lexicon) -> None:
    """ "Để lại" and "mai này" are in no title; who talks of a will says them."""
    will = Entry(
        "di-chuc",
        "1",
        "Chứng thực di chúc",
        aliases=("để lại đất cho con mai này", "mai này mất để lại nhà"),
    )
    gift = Entry(
        "tang-cho",
        "2",
        "Tặng cho đất",
        aliases=("cho con đất luôn bây giờ", "cho luôn cháu ngoại nhà"),
    )
    index = Index.build([will, gift], lexicon)
    assert index.search("mảnh đất để lại cho em mai này")[0].id == "di-chuc"
    assert index.search("mảnh đất cho em luôn bây giờ")[0].id == "tang-cho"
