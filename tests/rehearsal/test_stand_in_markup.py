"""HTML is read as Telegram reads it: the same text, entities and complaints."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.markup import MarkupError, parse_html, utf16_length
from bot.rehearsal.rendering import to_html
from bot.rehearsal.texts import read_text

SIMPLE = ["b", "i", "u", "s", "tg-spoiler", "blockquote", "code"]
# NUL ends Telegram's reading, and lone surrogates are not text.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> tuple[str, str]:
    """Well-formed HTML and the text it must become."""
    html, text = "", ""
    for _ in range(draw(st.integers(0, 3))):
        if depth and draw(st.booleans()):
            tag = draw(st.sampled_from(SIMPLE))
            inner_html, inner_text = draw(documents(depth=depth - 1))
            html += f"<{tag}>{inner_html}</{tag}>"
            text += inner_text
        else:
            word = draw(words)
            html += escape(word)
            text += word
    return html, text


@given(words)
def test_escaped_text_comes_back_unchanged(text: str) -> None:
    assert parse_html(escape(text)) == (text, [])


@given(documents())
def test_nested_tags_lose_no_letter_and_cover_what_they_enclosed(document: tuple[str, str]) -> None:
    html, expected = document
    text, entities = parse_html(html)
    assert text == expected
    for entity in entities:
        assert entity["length"] > 0
        assert 0 <= entity["offset"] <= utf16_length(text) - entity["length"]


@given(documents())
def test_what_is_written_again_reads_the_same(document: tuple[str, str]) -> None:
    text, entities = parse_html(document[0])
    again_text, again = parse_html(to_html(text, entities))
    assert again_text == text
    assert sorted(map(str, again)) == sorted(map(str, entities))


@given(st.text("<>/&;=\"'ab -expandable#x1", max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except MarkupError:
        return
    assert utf16_length(text) <= utf16_length(source)
    assert all(entity["length"] > 0 for entity in entities)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Việt <x>", 'Unsupported start tag "x" at byte offset 7'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("đ</b>", "Unexpected end tag at byte offset 2"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x,y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x>z', "Unclosed start tag at byte offset 0"),
    ],
)
def test_complaints_name_the_byte(source: str, sentence: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_html(source)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("<strong>a</strong><em>b</em>", "ab", ["bold", "italic"]),
        (
            "<ins>a</ins><del>b</del><strike>c</strike>",
            "abc",
            ["underline", *["strikethrough"] * 2],
        ),
        ('<span class="tg-spoiler">a</span>', "a", ["spoiler"]),
        ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote"]),
        ('<pre><code class="language-sql">a</code></pre>', "a", ["pre"]),
        ("<code><b>a</b></code>", "a", ["code"]),
        ("<b></b>a", "a", []),
        ('<a href="khong-phai-dia-chi">a</a>', "a", []),
        ("<a>hatinh.gov.vn</a>", "hatinh.gov.vn", ["text_link"]),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", ["custom_emoji"]),
        ("&lt;&gt;&amp;&quot;&#65;&#x1F600;", '<>&"A😀', []),
        ("Tư &nbsp; & pháp", "Tư &nbsp; & pháp", []),
    ],
)
def test_tags_and_references(source: str, text: str, kinds: list[str]) -> None:
    read, entities = parse_html(source)
    assert (read, [entity["type"] for entity in entities]) == (text, kinds)


def test_offsets_count_utf16_units() -> None:
    assert parse_html("😀<b>đ</b>") == ("😀đ", [{"type": "bold", "offset": 2, "length": 1}])


def test_space_at_the_ends_goes_and_entities_follow() -> None:
    text, entities = read_text("  <b> chào </b>\n", parse_mode="HTML")
    assert (text, entities) == ("chào", [{"type": "bold", "offset": 0, "length": 4}])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start 12", ["bot_command"]),
        ("/start@motcua_bot", ["bot_command"]),
        ("1/2 và/hoặc a/b", []),
        ("xem https://dichvucong.gov.vn/a.", ["url"]),
        ("gửi a@b.vn, hỏi @motcua_bot", ["email", "mention"]),
        ("#datdai", ["hashtag"]),
    ],
)
def test_commands_and_links_are_found(text: str, kinds: list[str]) -> None:
    assert [entity["type"] for entity in read_text(text)[1]] == kinds


def test_a_link_that_could_run_something_stays_plain_text() -> None:
    given = [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}]
    assert read_text("a", entities=given) == ("a", [])
    assert parse_html('<a href="javascript:alert(1)">a</a>') == ("a", [])
