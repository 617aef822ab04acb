"""Keys as people write them: "in c#m", "E flat maj", "fis-Moll", 降E大调, "key of G", "re minor", 1=D.

Not covered: modes without a tonic, which are phrases of a list.
"""

from __future__ import annotations

import re
from typing import Any

from generator.errors import BadRequest
from generator.notation.keys import MAX_FIFTHS, Key, key_with_fifths, parse_key, printable_fifths
from generator.wishes.said.taking import Taking

_GERMAN = re.compile(
    r"\b(?:ein|eine|einen|von|fur|mit|und|bitte|im|der|die|das|takte|takten|klavier|lied|stuck|walzer|moll|dur|fuge|viertel|halbe|achtel|tonart|takt|gleich|geige|flote|orgel|chor|zu)\b"
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
        r"(?P<sign>[升降#b]?)\s*(?P<note>[a-g])\s*(?P<behind>[#b升降]?)\s*(?:自然|和声|旋律)?\s*(?P<mode>大调|小调|调(?![式性号]))"
    ),
)
KEY = _KEYS[0]  # with its mode
_HAN_MODES = {
    "多利亚": "dorian",
    "多里安": "dorian",
    "弗里吉亚": "phrygian",
    "弗里几亚": "phrygian",
    "混合利底亚": "mixolydian",
    "利底亚": "lydian",
    "爱奥尼亚": "ionian",
    "埃奥利亚": "aeolian",
    "洛克里亚": "locrian",
}
_HAN_MODE = re.compile(
    r"(?P<sign>[升降#b]?)\s*(?P<note>[a-g])\s*"
    rf"(?P<mode>{'|'.join(sorted(_HAN_MODES, key=len, reverse=True))})(?:调式|调)?"
)
_HAN_SIGNS = {"#": "升", "b": "降"}
_ARTICLE = re.compile(r"a [dD]or|a [pP]hr|a [lL]yd|a [mM]ix|a [aA]eol|a [iI]on|a [lL]oc")
_SHORT_KEY = re.compile(r"(?<![A-Za-z0-9#])(?P<key>[A-G](?:#|b)?(?:m|min|maj)|[a-g](?:#|b)m)(?![A-Za-z0-9#])")
_BARE_KEY = re.compile(
    r"(?:\b[Ii]n|\b[Kk]ey(?:\s+of)?|\b[Tt]onart|用|以)\s*[:=]?\s*(?P<key>[A-H](?:#|b(?![a-z])|is|es|s)?(?:[\s-](?:sharp|flat))?|[b-h](?:#|b|is|es)(?![a-z]))(?![A-Za-z0-9#/'])"
)
_END_KEY = re.compile(r"(?:\bin|\bkey(?:\s+of)?)\s+(?P<key>[a-h](?:#|b|is|es|s)?|as|es)\s*(?:$|[,.;!?])")
_SIGNED_KEY = re.compile(r"(?<![a-z0-9])(?P<key>[a-g][\s-](?:sharp|flat))(?![a-z])")
# "four horns, Es" stands by itself; a single small letter only where nothing else does.
_NAMES = r"[A-H](?:#|b|is|es|s)?|[降升][A-Ga-g]|[cfgCFG]is|[adAD]s|[eE]s|[dDgG]es|[b-h](?=\s*(?:[.!]?\s*$|[,;]))"
_LONE_KEY = re.compile(rf"(?:^|[,.:;!])\s*(?P<key>{_NAMES})\s*(?=$|[,.;!]|or so|oder so|or thereabouts)")
# Of "Klarinette in B und Akkordeon", 降B调单簧管 the instrument's own pitch.
_PITCH = re.compile(
    r"(?:(?<=clarinet)|(?<=larinette))s?n?\s+in\s+(?:b|a|es|bb|eb|[be][\s-]?flat)(?=\s*(?:,|\+|&|u\.?\s|und\s|and\s)\s*[a-z]{3})"
    r"|(?:(?<=corn)|(?<=horn))(?:s|er)?\s+in\s+(?:f|es|d|e)(?=\s*(?:,|\+|&|u\.?\s|und\s|and\s)\s*[a-z]{3})"
    r"|(?:(?<=trumpet)|(?<=trompete))[sn]?\s+in\s+(?:b|c|d|es|bb|b[\s-]?flat)(?=\s*(?:,|\+|&|u\.?\s|und\s|and\s)\s*[a-z]{3})"
    r"|(?:(?<=clarinet)|(?<=larinette)|(?<=horn)|(?<=trumpet)|(?<=trompete)|(?<=cornet)|(?<=kornett)|(?<=sax)|(?<=phone)|(?<=phon))"
    r"s?n?\s*\(\s*in\s+(?:[a-h](?:es|is|s|b)?|[a-g][\s-]?flat)\s*\)"
    r"|(?:降?[abefd]|[abefd]b?)调(?=(?:低音)?(?:单簧管|黑管|圆号|法国号|小号|短号|萨克斯))"
)
# "five flats", "drei Kreuze", 两个升号: one sort of sign, and how many.
_SIGNS = re.compile(
    r"(?<![\w/.])(?P<number>[1-7]|one|two|three|four|five|six|seven|eine?m?|zwei|drei|vier|funf|sechs|sieben)[\s-]*"
    r"(?:(?P<sharps>sharps?(?!\s*[a-h0-9])|#(?!\w)|kreuze?n?)|(?P<flats>flats?(?!\s+(?:whites?|tyres?|tires?))|bs?|be|b-vorzeichen))(?![a-z0-9])"
    r"|(?P<han>[一二两三四五六七1-7])\s*个?\s*(?P<sign>升|降)[号记]"
)
_NO_SIGNS = re.compile(
    r"\b(?:no|without|zero)\s+(?:sharps?\s+(?:or|and|nor)\s+flats?|flats?\s+(?:or|and|nor)\s+sharps?|key signature)\b"
    r"|\bohne\s+vorzeichen\b|(?:没有|无|不带|没)升降[号记]"
)
_WORDS_OF_COUNTS = (
    *("1 one ein eine einm einem 一", "2 two zwei 二 两", "3 three drei 三", "4 four vier 四"),
    *("5 five funf 五", "6 six sechs 六", "7 seven sieben 七"),
)
_COUNTS = {word: count for count, words in enumerate(_WORDS_OF_COUNTS, start=1) for word in words.split()}
_MINOR = re.compile(r"minor|(?<![a-z])min(?![a-z])|moll|小调")
# "the relative minor of G major": another key of the same signs; "the parallel minor of C": of the same tonic.
_BESIDE = re.compile(
    r"(?:(?P<relative>relative|paralleltonart|(?:moll|dur)parallele|关系)|(?P<same>parallel|varianttonart|variante|同主音))"
    r"\s*(?P<mode>minor|major|moll|dur|大调|小调)?\s*(?:key)?\s*(?:of|von|zu|to)?\s*$"
)
_DO_KEY = re.compile(r"(?<!\d)1\s*=\s*(?P<key>[#b升降][a-g]|[a-g][#b]?)(?![a-z])")


def take_keys(taking: Taking) -> None:
    """All of them; the surest way of writing one first."""
    for found in taking.each(_PITCH):
        taking.text.take(found.start(), found.end())
    _take_signs(taking)
    for found in taking.each(_KEYS[0]):
        if _ARTICLE.match(taking.text.cased[found.start() : found.end()]) and not taking.text.rest[
            : found.start()
        ].endswith("in "):
            continue  # "a Dorian tune"
        _take_key(taking, taking.text.cased[found.start() : found.end()], found)
    for found in taking.each(_KEYS[1]):
        mode = "" if found["mode"] == "调" else found["mode"]
        sign = _HAN_SIGNS.get(found["sign"], found["sign"]) or (found["behind"] if found["behind"] in "升降" else "")
        _take_key(taking, f"{sign}{found['note']}{found['behind'] if found['behind'] in '#b' else ''}{mode}", found)
    for found in taking.each(_HAN_MODE):
        _take_key(taking, f"{_sign_behind(found['sign'] + found['note'])} {_HAN_MODES[found['mode']]}", found)
    for found in taking.each(_SHORT_KEY, cased=True):
        if not _is_german_am(taking, found):
            _take_key(taking, found["key"], found)
    for pattern, cased in (
        (_BARE_KEY, True),
        (_END_KEY, False),
        (_SIGNED_KEY, False),
        (_LONE_KEY, True),
        (_DO_KEY, False),
    ):
        for found in taking.each(pattern, cased=cased):
            _take_key(taking, _german(taking, _sign_behind(found["key"])), found)


def _take_signs(taking: Taking) -> None:
    """A key by its signs; minor where that word stands anywhere."""
    mode = "min" if _MINOR.search(taking.text.plain) else "maj"
    for found in taking.each(_NO_SIGNS):
        taking.take("key", key_with_fifths(0, mode), found.start(), found.end())
    for found in taking.each(_SIGNS):
        count = _COUNTS[found["number"] or found["han"]]
        is_sharp = bool(found["sharps"]) or found["sign"] == "升"
        taking.take("key", key_with_fifths(count if is_sharp else -count, mode), found.start(), found.end())


def _sign_behind(name: str) -> str:
    """The sign before the name as it stands behind: 降E is "Eb"."""
    sign = re.fullmatch(r"([#b升降])([A-Ga-g])", name)
    return sign[2].upper() + {"升": "#", "降": "b"}.get(sign[1], sign[1]) if sign else name


def _is_german_am(taking: Taking, found: re.Match[str]) -> bool:
    """Whether it is as in "Am Abend", which names no key."""
    behind = taking.text.cased[found.end() :].lstrip()
    return found["key"] == "Am" and bool(behind) and found.start() == 0 and behind[0].isalpha()


def _german(taking: Taking, name: str) -> str:
    """In German B is B flat, and a small letter a minor key, where others are large."""
    words = [token.word for token in taking.text.tokens()]
    is_german = _GERMAN.search(taking.text.plain) is not None or (
        taking.vocabulary.language_of(words) == "de" and bool(re.search("[äöüß]", taking.text.said.casefold()))
    )
    if not is_german:
        return name
    small = name.islower() and any(char.isupper() for char in taking.text.cased)
    return ("Bb" if name in ("B", "b") else name) + " moll" * small


def _take_key(taking: Taking, words: str, found: re.Match[str]) -> None:
    value = read_key(words)
    if value is not None:
        start = found.start()
        if beside := _BESIDE.search(taking.text.rest[:start]):
            taking.take("key", _key_beside(value[1], beside), beside.start(), found.end())
            return
        before = re.search(
            r"(?:\b(?:in|key of|the key of|in the key of|in der tonart|tonart)|用|以)\s*$", taking.text.rest[:start]
        )
        taking.take("key", value[1], before.start() if before else start, found.end())


def _key_beside(key: Key, said: re.Match[str]) -> Key:
    """What "the relative minor of" it is."""
    mode = {"minor": "min", "moll": "min", "小调": "min", "major": "maj", "dur": "maj", "大调": "maj"}.get(
        said["mode"] or ""
    )
    mode = mode or ("maj" if key.mode == "min" else "min")
    other = key_with_fifths(key.fifths, mode) if said["relative"] else Key(key.tonic, mode)
    return other if abs(other.fifths) <= MAX_FIFTHS else key_with_fifths(printable_fifths(other.fifths), mode)


def read_key(words: str) -> tuple[str, Any] | None:
    """Its kind and the key; one that cannot be printed as the one that sounds the same; None for no key."""
    words = re.sub(r"(?i)(?<![a-z])mol$", "moll", words.strip())
    if re.fullmatch(r"[升降]?[A-Ga-g][#b]?调", words):
        words = words[:-1]
    try:
        return "key", parse_key(words)
    except BadRequest as error:
        same = error.values.get("same")
        return ("key", same) if isinstance(same, Key) else None
