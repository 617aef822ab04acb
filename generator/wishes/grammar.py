"""What has a form of its own, whatever stands around it: keys, metres, tempos, lengths, chords, `name=value`.

Promises: everything that is found is taken out of the text and is within its limits; a number outside of them becomes
the nearest inside, which counts as guessed. Not covered: words that are only known by a list (`scanning.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from generator.errors import BadRequest
from generator.notation.keys import Key, parse_key
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN, parse_metre
from generator.planning.chords import Progression, parse_progression
from generator.planning.form import parse_form
from generator.wishes.numbers import read_number
from generator.wishes.text import Text
from generator.wishes.values import find_bars, find_metre, find_tempo
from generator.wishes.vocabulary import Vocabulary, alternatives
from generator.wishes.wishes import How

MAX_BARS = 256
MAX_SECONDS = 1800
_GERMAN = re.compile(
    r"\b(?:ein|eine|einen|von|fur|mit|und|bitte|im|der|die|das|takte|takten|klavier|lied|stuck|walzer|moll|dur|fuge)\b"
)

_MODES = (
    "major|minor|maj|min|dur|moll|mol|minr|mior|minro|minnor|miner|mjor|majr|magor|mayor|majeur|mineur|maggiore|minore|mayor|menor|maior|dorian|dorisch|phrygian|phrygisch|lydian|lydisch|"
    "mixolydian|mixolydisch|aeolian|aolisch|ionian|ionisch|locrian|lokrisch"
)
_NOTE = r"[a-h](?:is|es)?(?:\s?#|b(?![a-z])|[\s-]?(?:sharp|flat))?"
_SOLFEGE = r"(?:do|re|mi|fa|sol|la|si)(?:[\s-](?:diese|diesis|bemol|bemolle|sostenido))?"
# "a minor key" names no key, and neither does "a major success".
_KEYS = (
    re.compile(
        rf"(?<![a-z0-9#])(?:(?P<note>{_NOTE}|{_SOLFEGE})[\s-]*(?P<mode>{_MODES})|(?:as|es)[\s-]*(?:dur|moll))(?![a-z])"
        r"(?!(?<=a\smajor|a\sminor)\s+(?:key|mode|tonality|mood|feel|feeling|scale\b|success|work|step|third|chord|hit))"
    ),
    re.compile(
        r"(?P<sign>[升降]?)\s*(?P<note>[a-g])\s*(?P<behind>[#b升降]?)\s*(?:自然|和声|旋律)?\s*(?P<mode>大调|小调|调(?![式性号]))"
    ),
)
_SHORT_KEY = re.compile(r"(?<![A-Za-z0-9#])(?P<key>[A-G](?:#|b)?(?:m|min|maj)|[a-g](?:#|b)m)(?![A-Za-z0-9#])")
_BARE_KEY = re.compile(
    r"(?:\b[Ii]n|\b[Kk]ey(?:\s+of)?|\b[Tt]onart|用|以)\s*[:=]?\s*(?P<key>[A-H](?:#|b(?![a-z])|is|es|s)?(?:[\s-](?:sharp|flat))?|[b-h](?:#|b|is|es)(?![a-z]))(?![A-Za-z0-9#/'])"
)
_END_KEY = re.compile(r"(?:\bin|\bkey(?:\s+of)?)\s+(?P<key>[a-h](?:#|b|is|es|s)?|as|es)\s*(?:$|[,.;!?])")
_SIGNED_KEY = re.compile(r"(?<![a-z0-9])(?P<key>[a-g][\s-](?:sharp|flat))(?![a-z])")
_LONE_KEY = re.compile(r"(?:^|,)\s*(?P<key>[A-H](?:#|b|is|es|s)?)\s*(?=$|[,.;!])")
_DO_KEY = re.compile(r"(?<!\d)1\s*=\s*(?P<key>[#b升降]?[a-g][#b]?)(?![a-z])")
_METRE = re.compile(
    r"(?:\bin\s+|\bim\s+)?(?<![\d/])(?<!\d[.,])(?P<beats>\d{1,2})\s*/\s*(?P<unit>1|2|4|8|16|32)(?![\d/])(?:[\s-]*(?:time|takt|takte|metre|meter)\b|\s*拍子?)?"
)
_HAN_METRE = re.compile(r"(?P<unit>[二四八]|[248]|十六)\s*分之\s*(?P<beats>[一二三四五六七八九十]+|\d{1,2})\s*拍?")
_GERMAN_METRE = re.compile(
    r"(?:\b(?:im|in)\s+)?(?<![a-z])(?P<beats>zwei|drei|vier|funf|sechs|sieben|acht|neun|zwolf|[2-9]|12)[\s-]*"
    r"(?P<unit>halbe?n?|viert(?:el|l)|acht(?:el|l)|sechzehntel)(?:[\s-]?(?:takt(?:es)?|rhythmus))?(?![a-z]|\s*=|\s*gleich)"
)
_GERMAN_UNITS = {"ha": 2, "vi": 4, "ac": 8, "se": 16}
_HAN_PAIR = re.compile(r"(?<![一二三四五六七八九十两])(?P<unit>[二四八])(?P<beats>[二三四五六七九]|十二)拍(?!子)")
_TAKT = re.compile(r"(?<![\w/.])(?P<number>\d{1,3})\s?T(?:\.|(?=[\s,;]|$))")
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
_DEGREES = re.compile(
    r"(?:和弦|进行|级数|级)?\s*(?<!\d)(?P<digits>[1-7]{4,8})(?!\d|\s*(?:bpm|年|century))\s*(?:和弦进行|和弦|进行|级)?"
)
_ROMANS = ("I", "ii", "iii", "IV", "V", "vi", "viio")
_SOME_CHORDS = re.compile(
    rf"\s*(?:{_CHORD}(?:{_BETWEEN}{_CHORD}){{0,63}}|{_ROMAN}(?:{_BETWEEN}{_ROMAN}){{0,63}})(?![A-Za-z0-9#])"
)
_FORM = re.compile(
    r"(?<![A-Za-z0-9#])(?:ABA|AABA|ABAB|ABACA|ABACABA|AAB|ABB|AABB|ABCA|ABAC|ABC|\|:[A-Z]:\|[A-Z:|']*)(?:'?)(?:[\s-]*(?:form|Form|曲式|-Form))?(?![A-Za-z0-9])"
)
_NOTE_VALUES = {
    **dict.fromkeys(("quarter", "crotchet", "viertel", "四分音符", "♩"), 1.0),
    **dict.fromkeys(("half", "minim", "halbe", "二分音符"), 2.0),
    **dict.fromkeys(("eighth", "quaver", "achtel", "八分音符", "♪"), 0.5),
}


@dataclass(frozen=True)
class Found:
    """Something that was read. kind: key, mode, metre, tempo, bars, seconds, chords, form or temperament."""

    kind: str
    value: Any
    words: str
    how: How = "said"
    place: int = 0


@dataclass
class Grammar:
    """Reads one text."""

    text: Text
    vocabulary: Vocabulary
    found: list[Found] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)

    def read(self) -> None:
        """All of it; the surest first, since what is taken is read once."""
        self._options()
        self._chords()
        self._metres()
        self._tempos()
        self._bars()
        self._forms()
        self._keys()
        self._durations()

    def _take(self, kind: str, value: Any, start: int, end: int, how: How = "said") -> None:
        self.found.append(Found(kind, value, self.text.take(start, end), how, start))

    def _each(self, pattern: re.Pattern[str], *, cased: bool = False) -> Iterator[re.Match[str]]:
        """Matches in what is not taken; `cased`: with large letters."""
        for found in list(pattern.finditer(self._left(cased))):
            if "\x00" not in self.text.rest[found.start() : found.end()]:
                yield found

    def _left(self, cased: bool) -> str:
        if not cased:
            return self.text.rest
        return "".join(
            large if left != "\x00" else left for large, left in zip(self.text.cased, self.text.rest, strict=True)
        )

    # --- name=value ----------------------------------------------------------------------------------------------

    def _options(self) -> None:
        names = tuple(sorted(self.vocabulary.options))
        matches = list(_options_of(names).finditer(self.text.plain))
        for number, found in enumerate(matches):
            end = matches[number + 1].start() if number + 1 < len(matches) else len(self.text.plain)
            self._option(self.vocabulary.options[_option_name(found)], found.start(), found.end(), end)

    def _option(self, name: str, start: int, begin: int, end: int) -> None:
        stop = re.search(r"[,;\n]", self.text.plain[begin:end])
        if stop is not None and name != "chords":
            end = begin + stop.start()
        if not self.text.plain[begin:end].strip():
            self.incomplete.append(self.text.take(start, begin))
            return
        reader = self._readers().get(name)
        if reader is None:  # the words behind it are read as all others
            self.text.take(start, begin)
            return
        for until in _ends(self.text.cased, begin, end):
            value = reader(self.text.cased[begin:until].strip().strip("\"'“”"))
            if value is not None:
                kind, read = value
                self._take(kind, read, start, until)
                return
        self.text.take(start, begin)

    def _readers(self) -> dict[str, Callable[[str], tuple[str, Any] | None]]:
        return {
            "key": _read_key,
            "metre": _read_metre,
            "tempo": _read_tempo,
            "bars": _read_bars,
            "chords": _read_chords,
            "form": _read_form,
        }

    # --- chords and form -----------------------------------------------------------------------------------------

    def _chords(self) -> None:
        names = alternatives(tuple(name for name, option in self.vocabulary.options.items() if option == "chords"))
        for named in self._each(re.compile(rf"(?<![a-z])(?:{names})(?![a-z])\s*[:=]?")):
            found = _SOME_CHORDS.match(self._left(cased=True), named.end())
            if found is not None and (value := _read_chords(found[0])) is not None and " " in found[0].strip():
                self._take("chords", value[1], named.start(), found.end())
        for found in self._each(_DEGREES):
            self._take(
                "chords",
                parse_progression(" ".join(_ROMANS[int(digit) - 1] for digit in found["digits"])),
                found.start(),
                found.end(),
            )
        for found in self._each(_SMALL_CHORDS):
            if (
                value := _read_chords(re.sub(r"(?<![a-z])[a-g]", lambda letter: letter[0].upper(), found[0]))
            ) is not None:
                self._take("chords", value[1], found.start(), found.end())
        for found in self._each(_CHORDS, cased=True):
            if (value := _read_chords(found[0])) is not None:
                self._take("chords", value[1], found.start(), found.end())

    def _forms(self) -> None:
        for found in self._each(_FORM, cased=True):
            value = _read_form(re.sub(r"[\s-]*(?:[Ff]orm|曲式)$", "", found[0]))
            if value is not None:
                self._take("form", value[1], found.start(), found.end())

    # --- tempo ---------------------------------------------------------------------------------------------------

    def _tempos(self) -> None:
        number, unit = self.vocabulary.number_pattern, self.vocabulary.unit_pattern("bpm")
        notes = alternatives(tuple(_NOTE_VALUES))
        patterns = (
            rf"(?:\b(?:at|@|mit|bei)\s+|速度)?\s*(?P<note>{notes})(?:[\s-]*(?:notes?|note))?(?P<dot>\.)?\s*(?:=|gleich|equals|为|等于)\s*(?P<number>\d{{2,3}})",
            rf"每分钟\s*(?P<number>{number})\s*拍?",
            rf"(?:\b(?:at|with|mit|bei|um|tempo|a tempo of)\s+)?(?P<number>{number})[\s-]*(?:{unit})(?![a-z])",
            r"(?<![a-z])(?:tempo|bpm|speed|geschwindigkeit|metronom(?:e)?|mm|速度|节奏)\s*"
            r"(?:of|is|von|bei|about|around|etwa|is about|at|是|为|:|=|大约|约)*\s*(?P<number>\d{2,3})"
            r"(?!\s*(?:/|\d|bars?|measures?|takte?|小节|minut|sec|sek|分|秒))",
            r"(?P<number>\d{2,3})\s*拍(?!子|号)",
            r"(?<![a-z])(?:at|@|bei)\s*(?P<number>\d{2,3})(?!\s*(?:[/\da-z%:]|小节|分|秒))",
        )
        for pattern in patterns:
            for found in self._each(re.compile(pattern)):
                groups = found.groupdict()
                value = read_number(found["number"], self.vocabulary)
                if value is None:
                    continue
                value *= _NOTE_VALUES.get(groups.get("note") or "", 1.0) * (1.5 if groups.get("dot") else 1.0)
                kept = within(round(value), TEMPO_MIN, TEMPO_MAX)
                self._take("tempo", kept, found.start(), found.end(), "said" if kept == round(value) else "guess")

    # --- how long ------------------------------------------------------------------------------------------------

    def _bars(self) -> None:
        number, unit = self.vocabulary.number_pattern, self.vocabulary.unit_pattern("bars")
        ranged = re.compile(
            rf"(?P<low>{number})\s*(?:-|to|bis|or|oder|到|至|或)\s*(?P<high>{number})[\s-]*(?:{unit})(?![a-z])"
        )
        counted = re.compile(rf"(?P<number>{number})[来多余]?[\s-]*(?:{unit})(?![a-z])")
        named = re.compile(
            rf"(?<![a-z])(?:{unit}|length|lange)\s*[:=]?\s*(?P<number>\d{{1,3}})(?![\d/])(?!\s*(?:bpm|minut|sec|分|秒))"
        )
        for found in self._each(ranged):
            low, high = (read_number(found[name], self.vocabulary) for name in ("low", "high"))
            if low is not None and high is not None:
                self._take("bars", within(round((low + high) / 2), 1, MAX_BARS), found.start(), found.end())
        for found in self._each(_TAKT, cased=True):
            self._take("bars", within(int(found["number"]), 1, MAX_BARS), found.start(), found.end())
        for pattern in (counted, named):
            for found in self._each(pattern):
                value = read_number(found["number"], self.vocabulary)
                if value is not None and value >= 1 and not _is_article(found["number"]):
                    kept = within(round(value), 1, MAX_BARS)
                    self._take("bars", kept, found.start(), found.end(), "said" if kept == round(value) else "guess")

    def _durations(self) -> None:
        number = self.vocabulary.number_pattern
        minutes, seconds = (self.vocabulary.unit_pattern(unit) for unit in ("minutes", "seconds"))
        both = re.compile(
            rf"(?P<minutes>{number})\s*-?\s*(?:{minutes})(?![a-z])"
            r"(?:\s*(?:and|und)?\s*(?P<half>a half|einhalb|半钟?)"
            rf"|\s*(?:and|und)?\s*(?P<seconds>{number})\s*-?\s*(?:{seconds})?(?![a-z]))?"
            r"(?!\s+(?:waltz|book))"
        )
        for found in self._each(both):
            whole, rest = read_number(found["minutes"], self.vocabulary), found["seconds"]
            more = read_number(rest, self.vocabulary) if rest else (30.0 if found["half"] else 0.0)
            if whole is not None:
                self._take_seconds(60 * whole + (more or 0.0), found)
        for found in self._each(re.compile(rf"(?P<number>{number})\s*-?\s*(?:{seconds}|s(?=\W|$))(?![a-z])")):
            value = read_number(found["number"], self.vocabulary)
            if value is not None and not _is_article(found["number"]) and value > 1:
                self._take_seconds(value, found)
        for found in self._each(
            re.compile(
                r"(?<![\d:])(?P<minutes>\d{1,2})(?::|')(?P<seconds>[0-5]\d)\"?(?!\s*(?:pm|am|uhr|点|o))(?![\d:])"
            )
        ):
            self._take_seconds(60.0 * int(found["minutes"]) + int(found["seconds"]), found)

    def _take_seconds(self, seconds: float, found: re.Match[str]) -> None:
        self._take("seconds", within(round(seconds), 1, MAX_SECONDS), found.start(), found.end())

    # --- metre and key -------------------------------------------------------------------------------------------

    def _metres(self) -> None:
        for found in self._each(_METRE):
            self._take_metre(f"{found['beats']}/{found['unit']}", found)
        for found in self._each(_HAN_METRE):
            beats, unit = (read_number(found[name], self.vocabulary) for name in ("beats", "unit"))
            if beats and unit:
                self._take_metre(f"{round(beats)}/{round(unit)}", found)

        for found in self._each(_GERMAN_METRE):
            value = read_number(found["beats"], self.vocabulary)
            if value:
                self._take_metre(f"{round(value)}/{_GERMAN_UNITS[found['unit'][:2]]}", found)
        for found in self._each(_HAN_PAIR):
            beats, unit = (read_number(found[name], self.vocabulary) for name in ("beats", "unit"))
            if beats and unit:
                self._take_metre(f"{round(beats)}/{round(unit)}", found)

    def _take_metre(self, metre: str, found: re.Match[str]) -> None:
        try:
            self._take("metre", parse_metre(metre), found.start(), found.end())
        except BadRequest:
            return

    def _keys(self) -> None:
        for found in self._each(_KEYS[0]):
            self._take_key(self.text.cased[found.start() : found.end()], found)
        for found in self._each(_KEYS[1]):
            mode = "" if found["mode"] == "调" else found["mode"]
            sign = found["sign"] or (found["behind"] if found["behind"] in "升降" else "")
            self._take_key(f"{sign}{found['note']}{found['behind'] if found['behind'] in '#b' else ''}{mode}", found)
        for found in self._each(_SHORT_KEY, cased=True):
            if not self._is_german_am(found):
                self._take_key(found["key"], found)
        for pattern, cased in (
            (_BARE_KEY, True),
            (_END_KEY, False),
            (_SIGNED_KEY, False),
            (_LONE_KEY, True),
            (_DO_KEY, False),
        ):
            for found in self._each(pattern, cased=cased):
                self._take_key(self._german(found["key"]), found)

    def _is_german_am(self, found: re.Match[str]) -> bool:
        """Whether it is as in "Am Abend", which names no key."""
        behind = self.text.cased[found.end() :].lstrip()
        return found["key"] == "Am" and bool(behind) and found.start() == 0 and behind[0].isalpha()

    def _german(self, name: str) -> str:
        is_german = _GERMAN.search(self.text.plain) is not None
        return "Bb" if is_german and name in ("B", "b") else name

    def _take_key(self, words: str, found: re.Match[str]) -> None:
        value = _read_key(words)
        if value is not None:
            start = found.start()
            before = re.search(
                r"(?:\b(?:in|key of|the key of|in the key of|in der tonart|tonart)|用|以)\s*$", self.text.rest[:start]
            )
            self._take("key", value[1], before.start() if before else start, found.end())


def within(number: int, low: int, high: int) -> int:
    """The nearest number inside the limits."""
    return max(low, min(high, number))


def _is_article(word: str) -> bool:
    return word.strip() in ("a", "an", "one", "ein", "eine", "einen", "einer", "einem", "一")


def _ends(words: str, begin: int, end: int) -> list[int]:
    """Where a value of up to four words may end, the longest first; of the whole stretch before all others."""
    ends = [begin + found.end() for found in re.finditer(r"\S+", words[begin:end])][:64]
    return list(reversed(ends))


def _read_metre(words: str) -> tuple[str, Any] | None:
    metre = find_metre(words)
    return None if metre is None else ("metre", metre)


def _read_tempo(words: str) -> tuple[str, Any] | None:
    tempo = find_tempo(words)
    return None if tempo is None else ("tempo", within(tempo, TEMPO_MIN, TEMPO_MAX))


def _read_bars(words: str) -> tuple[str, Any] | None:
    bars = find_bars(words)
    return None if bars is None else ("bars", within(bars, 1, MAX_BARS))


def _read_key(words: str) -> tuple[str, Key] | None:
    words = re.sub(r"(?i)(?<![a-z])mol$", "moll", words.strip())
    if re.fullmatch(r"[升降]?[A-Ga-g][#b]?调", words):
        words = words[:-1]
    try:
        return "key", parse_key(words)
    except BadRequest as error:
        same = error.values.get("same")
        return ("key", same) if isinstance(same, Key) else None


def _read_chords(words: str) -> tuple[str, Progression] | None:
    try:
        return "chords", parse_progression(re.sub(r"->|(?<=[A-Za-z0-9#])-(?=[A-Gb#IViv])", " ", words))
    except BadRequest:
        return None


def _read_form(words: str) -> tuple[str, Any] | None:
    try:
        return "form", parse_form(words)
    except BadRequest:
        return None


@cache
def _options_of(vocabulary_names: tuple[str, ...]) -> re.Pattern[str]:
    """`name=`, `name:` and `--name`, in any language."""
    latin = alternatives(tuple(name for name in vocabulary_names if name.isascii()))
    others = alternatives(tuple(name for name in vocabulary_names if not name.isascii()))
    return re.compile(
        rf"(?<![a-z])--?\s*(?P<dashed>{latin})(?:\s+|\s*[=:]\s*|$)"
        rf"|(?:(?<![a-z])(?P<latin>{latin})|(?P<other>{others}))\s*[=:]\s*"
    )


def _option_name(found: re.Match[str]) -> str:
    name = found["dashed"] or found["latin"] or found["other"]
    return re.sub(r"[\s-]+", " ", name)
