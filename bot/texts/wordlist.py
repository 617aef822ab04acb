"""Whether what somebody wrote holds a word that a server does not want to read, also in a simple disguise.

Promises: a word is found as a word, not within others ("ass" is not in "bass"), unless it has a "*" before or behind,
or is of a script that has no blanks between words. Accents, other alphabets' letters that look the same, figures and
signs in place of letters, letters that are repeated, blanks or dots between all of them, and signs that cannot be seen
make no difference. Not covered: words that only sound alike, and what a picture shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MOST_CHARS = 1000
# What cannot be seen although it counts as a letter, a sign or a mark.
UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# Letters that look like Latin ones. Source: https://www.unicode.org/Public/security/latest/confusables.txt, those of
# one letter that are read as the other without looking twice.
_PAIRS = (
    "аa вb еe зe іi кk мm нh оo рp сc тt уy хx һh ԁd јj ѕs ԛq ԝw ьb гr пn "
    "αa βb γy εe ηn ιi κk νv οo ρp τt υu χx ωw ɑa ɡg ɩi ɪi ıi łl øo đd ħh "
    "ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz"
)
_ALIKE = {pair[0]: pair[1] for pair in _PAIRS.split()}
_ALIKE |= {chr(0x1F1E6 + number): chr(ord("a") + number) for number in range(26)}  # flags
_ALIKE |= {chr(first + number): chr(ord("a") + number) for first in (0x1F150, 0x1F170) for number in range(26)}
_AS_LETTERS = str.maketrans("0345789@$€+(|!", "oeastbgasetcii")
_NO_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PIECES = re.compile(r"[^\W_]+")
_SPELT = re.compile(r"(?<!\S)(?:\S\s+){2,}\S(?!\S)")


def found_in(text: str, words: Iterable[str]) -> str | None:
    """The first of the words that the text holds; None if it holds none."""
    readings = _readings(text[:MOST_CHARS])
    return next((word for word in words if _holds(readings, word)), None)


def fold(text: str) -> str:
    """Small letters without accents, in one alphabet as far as they look alike; nothing that cannot be seen."""
    wide = unicodedata.normalize("NFKD", text).casefold()
    wide = unicodedata.normalize("NFKD", wide)
    return unicodedata.normalize("NFC", "".join(_ALIKE.get(char, char) for char in wide if not _is_dropped(char)))


def _is_dropped(char: str) -> bool:
    code = ord(char)
    if char in UNSEEN or unicodedata.category(char) == "Cf" or 0xFE00 <= code <= 0xFE0F:
        return True
    marks = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0x591, 0x5C7), (0x64B, 0x65F))
    return code == 0x640 or any(low <= code <= high for low, high in marks)


def _readings(text: str) -> tuple[frozenset[str], str]:
    """All that may be meant as a word, and the whole without blanks and signs."""
    plain = fold(text)
    found: set[str] = set()
    for reading in {plain, *(_ones(plain, letter) for letter in "il")}:
        spelt = [re.sub(r"\s+", "", match) for match in _SPELT.findall(reading)]
        for chunk in [*reading.split(), *spelt]:
            pieces = _PIECES.findall(chunk)
            found.update(pieces)
            found.add("".join(pieces))
        for phrase in (2, 3):
            pieces = _PIECES.findall(reading)
            found.update(" ".join(pieces[at : at + phrase]) for at in range(len(pieces) - phrase + 1))
    return frozenset(found), "".join(_PIECES.findall(plain))


def _ones(plain: str, letter: str) -> str:
    """1 stands for i or l."""
    return plain.translate(_AS_LETTERS).replace("1", letter)


def _holds(readings: tuple[frozenset[str], str], word: str) -> bool:
    pieces, whole = readings
    pattern, is_within = _pattern(word)
    if pattern is None:
        return False
    return bool(pattern.search(whole)) if is_within else any(map(pattern.fullmatch, pieces))


@lru_cache(maxsize=2000)
def _pattern(word: str) -> tuple[re.Pattern[str] | None, bool]:
    """Each letter at least as often as in the word; whether it is looked for anywhere."""
    folded = " ".join(_PIECES.findall(fold(word)))
    if not folded:
        return None, False
    runs = [(match[1], len(match[0])) for match in re.finditer(r"(.)\1*", folded)]
    middle = "".join(f"{re.escape(char)}{{{number},}}" for char, number in runs)
    before, behind = (".*" if end == "*" else "" for end in (word.strip()[:1], word.strip()[-1:]))
    return re.compile(f"{before}{middle}{behind}"), bool(_NO_BLANKS.search(folded))
