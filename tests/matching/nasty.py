"""The longest messages that Telegram lets through, each made to cost the reader as much as it can."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bot.matching.text import LONGEST_READ

LETTERS = "abcdefghijklmnopqrstuvwxyzăâđêôơư"
SEED = 4


def nasty_texts(phrases: Sequence[str]) -> dict[str, str]:
    """Texts of full length by what is nasty about them; `phrases` are such as the reader knows."""
    dice = random.Random(SEED)
    shuffled = dice.sample(phrases, len(phrases))
    short = sorted(phrases, key=len)[: len(phrases) // 2]
    texts = {
        "one letter": "a",
        "one letter, apart": "a ",
        "one mark": "\u0301",
        "many marks on a letter": "e" + "\u0302\u0323" * 40 + " ",
        "marks in the wrong order": "ă̂",
        "letters with marks": "".join(map(chr, range(0x1E00, 0x1F00))),
        "emoji": "👩\u200d👩\u200d👧 ",
        "written from the right": "\u202eשלום مرحبا ",
        "no width": "đ\u200bất\u200d ",
        "one letter that unfolds": "\ufdfa",
        "capitals that unfold": "İ",
        "digits": "7",
        "numbers": "1 22 333 ",
        "codes": "1.012786 ",
        "brackets": "(|)?",
        "spaces": " \t\n",
        "glued": "".join(shuffled).replace(" ", ""),
        "glued in pairs": " ".join(phrase.replace(" ", "") for phrase in shuffled),
        "phrases": " ".join(shuffled),
        "short phrases": " ".join(short),
        "the same phrase": f"{dice.choice(phrases)} ",
        "telex": "ddaats chuwngs nhaanj quyeenf ",
        "telex that never ends": "ddaattss",
        "vni": "d9a61t chu71ng nha65n ",
        "no syllables": " ".join(_noise(dice, 9) for _ in range(500)),
        "long no syllables": " ".join(_noise(dice, 39) for _ in range(500)),
        "nearly syllables": " ".join(_slip(dice, word) for one in shuffled for word in one.split()),
        "any characters": "".join(chr(dice.randrange(1, 0xD800)) for _ in range(LONGEST_READ)),
    }
    return {name: _filled(text) for name, text in texts.items()}


def _filled(text: str) -> str:
    return (text * (LONGEST_READ // len(text) + 1))[:LONGEST_READ]


def _noise(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(LETTERS, k=length))


def _slip(dice: random.Random, word: str) -> str:
    """The word with one letter too many."""
    at = dice.randrange(len(word) + 1)
    return word[:at] + dice.choice(LETTERS) + word[at:]
