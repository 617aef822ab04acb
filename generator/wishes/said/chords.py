"""Chords and forms in letters: "Am F C G", "I-V-vi-IV", 4536251, "d-Moll, A7", "ABA".

Not covered: progressions and forms with a name, phrases of a list.
"""

from __future__ import annotations

import re
from typing import Any

from generator.errors import BadRequest
from generator.planning.chords import parse_progression
from generator.planning.form import parse_form
from generator.wishes.said.taking import Taking
from generator.wishes.vocabulary import alternatives

_QUALITY = r"(?:maj7|maj9|maj|min7|min|m7b5|m7|m9|m6|m|dim7|dim|aug|sus[24]?|add9|M7|7sus4|7|9|6|o7|o)?"
_CHORD = rf"(?:[A-G](?:#|b)?{_QUALITY}(?:/[A-G][#b]?)?)"
_ROMAN = r"(?:[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:o7|o|maj7|7)?)"
_BETWEEN = r"(?:\s*(?:[,|]|->|-)\s*|\s+)"
_CHORDS = re.compile(
    rf"(?<![A-Za-z0-9#])(?:{_CHORD}(?:{_BETWEEN}{_CHORD}){{2,63}}|{_ROMAN}(?:{_BETWEEN}{_ROMAN}){{2,63}})(?![A-Za-z0-9#])"
)
# "am f c g": four small letters of which one at least is more than a letter; 4536251: degrees.
_SMALL_CHORDS = re.compile(
    r"(?<![a-z0-9#])(?=[a-g#b7 ,-]*[a-g][#b]?m)[a-g][#b]?m?7?(?:(?:\s*[,-]\s*|\s+)[a-g][#b]?m?7?){3,15}(?![a-z0-9#])"
)
# "D/A/Bm/F#m": four or more with strokes between them are no chords over a bass.
_STROKES = re.compile(
    rf"(?<![A-Za-z0-9#/])[A-G](?:#|b)?{_QUALITY}(?:/[A-G](?:#|b)?{_QUALITY}){{3,63}}(?![A-Za-z0-9#/])"
)
_DEGREES = re.compile(
    r"(?:和弦|进行|级数|级)?\s*(?<!\d)(?P<digits>[1-7]{4,8})(?!\d|\s*(?:bpm|年|century))\s*(?:和弦进行|和弦|进行|级)?"
)
# "1-6-4-5" beside a word for chords.
_FIGURES = re.compile(r"(?<![\d/-])(?P<digits>[1-7](?:\s?-\s?[1-7]){3,7})(?![\d/-])")
_SAYS_CHORDS = re.compile(r"和弦|级数|chord|akkord|progression|kadenz|harmoni")
_ROMANS = ("I", "ii", "iii", "IV", "V", "vi", "viio")
_SOME_CHORDS = re.compile(
    rf"\s*(?:{_CHORD}(?:{_BETWEEN}{_CHORD}){{0,63}}|{_ROMAN}(?:{_BETWEEN}{_ROMAN}){{0,63}})(?![A-Za-z0-9#])"
)
_GERMAN_CHORD = re.compile(r"(?<![A-Za-z])(?P<note>[a-hA-H](?:is|es)?)-?(?P<mode>[mM]oll|[dD]ur)(?![A-Za-z])")
_FORM = re.compile(
    r"(?<![A-Za-z0-9#])(?:ABA|AABA|ABAB|ABACA|ABACABA|AAB|ABB|AABB|ABCA|ABAC|ABC|\|:[A-Z]:\|[A-Z:|']*)(?:'?)(?:[\s-]*(?:form|Form|曲式|-Form))?(?![A-Za-z0-9])"
)


def take_chords(taking: Taking) -> None:
    """All of them; those behind a word for them first."""
    names = alternatives(tuple(name for name, option in taking.vocabulary.options.items() if option == "chords"))
    for named in taking.each(re.compile(rf"(?<![a-z])(?:{names})(?![a-z])\s*[:=]?")):
        words = _GERMAN_CHORD.sub(_in_letters, taking.left(cased=True))
        found = _SOME_CHORDS.match(words, named.end())
        if found is not None and (value := read_chords(found[0])) is not None and " " in found[0].strip():
            taking.take("chords", value[1], named.start(), found.end())
    for found in taking.each(_STROKES, cased=True):
        if (value := read_chords(found[0].replace("/", " "))) is not None:
            taking.take("chords", value[1], found.start(), found.end())
    _take_degrees(taking)
    for found in taking.each(_SMALL_CHORDS):
        if (value := read_chords(re.sub(r"(?<![a-z])[a-g]", lambda letter: letter[0].upper(), found[0]))) is not None:
            taking.take("chords", value[1], found.start(), found.end())
    for found in taking.each(_CHORDS, cased=True):
        if (value := read_chords(found[0])) is not None:
            taking.take("chords", value[1], found.start(), found.end())


def _take_degrees(taking: Taking) -> None:
    """Chords by their degrees: 4536251, "1-6-4-5"."""
    figures = (_DEGREES, _FIGURES) if _SAYS_CHORDS.search(taking.text.plain) else (_DEGREES,)
    for pattern in figures:
        for found in taking.each(pattern):
            degrees = " ".join(_ROMANS[int(digit) - 1] for digit in found["digits"] if digit.isdecimal())
            taking.take("chords", parse_progression(degrees), found.start(), found.end())


def take_forms(taking: Taking) -> None:
    """Forms in letters."""
    for found in taking.each(_FORM, cased=True):
        value = read_form(re.sub(r"[\s-]*(?:[Ff]orm|曲式)$", "", found[0]))
        if value is not None:
            taking.take("form", value[1], found.start(), found.end())


def read_chords(words: str) -> tuple[str, Any] | None:
    """Its kind and the progression; None for none."""
    words = re.sub(r",\s+", " ", _GERMAN_CHORD.sub(_in_letters, words)) if _GERMAN_CHORD.search(words) else words
    try:
        return "chords", parse_progression(re.sub(r"->|(?<=[A-Za-z0-9#])-(?=[A-Gb#IViv])", " ", words))
    except BadRequest:
        return None


def read_form(words: str) -> tuple[str, Any] | None:
    """Its kind and the form; None for none."""
    try:
        return "form", parse_form(words)
    except BadRequest:
        return None


def _in_letters(found: re.Match[str]) -> str:
    """The chord "d-Moll" as "Dm", and as long as it was, so that all else stands where it stood."""
    note = found["note"][0].upper().replace("H", "B") + {"is": "#", "es": "b"}.get(found["note"][1:], "")
    return (note + "m" * (found["mode"].lower() == "moll")).ljust(len(found[0]))
