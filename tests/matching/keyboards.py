"""Vietnamese as keys are struck: every way to type a word in Telex and in VNI with the keyboard off.

A key for a mark may be struck right after its letter or anywhere later in the word; the tone anywhere
after the first vowel. One w does for both letters of "ươ", and w alone is "ư" at its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import permutations, product

TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
SHAPES = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
TELEX_TONES = dict(zip("12345", "sfrxj", strict=True))

ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu
iêc iêm iên iêng iêp iêt iêu o oa oac oach oai oan oang oanh oao oap oat oay
oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt
ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung
uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyu
ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu
"""
AFTER_QU = re.compile("[aăâeêiyơ]")
STOPPED = re.compile("(?:c|ch|p|t)$")
ONSET = re.compile("(?:qu|gi(?=[aăâeêoôơuưy])|[bcdđghklmnpqrstvx]*)")


def syllables() -> Iterator[str]:
    """Every syllable that the rules of spelling allow, said or not."""
    for onset, rime in product(["", *ONSETS.split()], RIMES.split()):
        if _fit(onset, rime):
            for tone in ("", *TONES):
                if not STOPPED.search(rime) or tone in "\u0301\u0323":
                    yield onset + _toned(rime, tone)


def _fit(onset: str, rime: str) -> bool:
    if onset == "qu":
        return AFTER_QU.match(rime) is not None and rime not in ("ia", "iu", "y")
    if onset == "gi":
        return rime[0] not in "iy"
    if onset in ("k", "gh", "ngh"):
        return rime[0] in "eêiy"
    if onset in ("c", "g", "ng"):
        return rime[0] not in "eêiy"
    return not (onset and rime.startswith("yê"))


def _toned(rime: str, tone: str) -> str:
    """The rime with the tone on its first vowel with a hat or horn, else on its first vowel."""
    shaped = [at for at, letter in enumerate(rime) if letter in "âêôơăư"]
    at = (shaped or [0])[-1] + 1
    return unicodedata.normalize("NFC", rime[:at] + tone + rime[at:])


def telex_spellings(word: str) -> set[str]:
    """All ways to type the word in Telex."""
    letters, tone, shaped = _taken_apart(word)
    keys = {at: {"9": "d", "6": letters[at]}.get(shape, "w") for at, shape in shaped.items()}
    found = set(_struck(letters, keys, TELEX_TONES.get(tone, "")))
    horned = [at for at, shape in shaped.items() if shape == "7"]
    if horned:  # "nhwng", "dwowngf", "dwongf"
        first, *others = horned
        if letters[first] == "u" and first == len(ONSET.match(letters)[0]):  # type: ignore[index]
            rest = {at: key for at, key in keys.items() if at != first}
            alone = f"{letters[:first]}w{letters[first + 1 :]}"
            found.update(_struck(alone, rest, TELEX_TONES.get(tone, "")))
            if others:
                rest = {at: key for at, key in rest.items() if at not in others}
                found.update(_struck(alone, rest, TELEX_TONES.get(tone, "")))
        if others:
            once = {at: key for at, key in keys.items() if at not in others}
            found.update(_struck(letters, once, TELEX_TONES.get(tone, "")))
    return found


def vni_spellings(word: str) -> set[str]:
    """All ways to type the word in VNI."""
    letters, tone, shaped = _taken_apart(word)
    found = set(_struck(letters, shaped, tone))
    horned = [at for at, shape in shaped.items() if shape == "7"]
    for extra in horned[1:]:
        once = {at: key for at, key in shaped.items() if at != extra}
        found.update(_struck(letters, once, tone))
    return found


def _taken_apart(word: str) -> tuple[str, str, dict[int, str]]:
    """The plain letters, the tone, and the shapes by place, as VNI numbers both."""
    letters, tone, shaped = "", "", {}
    for part in unicodedata.normalize("NFD", word):
        if part in TONES:
            tone = TONES[part]
        elif part in SHAPES:
            shaped[len(letters) - 1] = SHAPES[part]
        elif part == "đ":
            shaped[len(letters)] = "9"
            letters += "d"
        else:
            letters += part
    return letters, tone, shaped


def _struck(letters: str, shapes: Mapping[int, str], tone: str) -> Iterator[str]:
    """The letters with each key at every place behind its own letter."""
    keys = [(at + 1, key) for at, key in shapes.items()]
    if tone:
        keys.append((len(ONSET.match(letters)[0]) + 1, tone))  # type: ignore[index]
    for places in product(*(range(first, len(letters) + 1) for first, _ in keys)):
        behind: dict[int, list[str]] = {}
        for place, (_, key) in zip(places, keys, strict=True):
            behind.setdefault(place, []).append(key)
        for orders in product(*(set(permutations(row)) for row in behind.values())):
            at = dict(zip(behind, orders, strict=True))
            yield "".join(
                letter + "".join(at.get(place, ())) for place, letter in enumerate(letters, start=1)
            )
