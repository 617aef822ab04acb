"""Words that make sense to the composer's checks but not to those who engrave and play the piece.

Promises: a piece of words that pass here is one that the renderers take. The limits are those of real pieces, with some
room: `renderers.limits` refuses a whole piece for one note nine octaves high.
Not covered: whether bars are right (`generator.notation`), and what was asked (`rules.py`).
"""

import re
from functools import lru_cache

from generator.errors import NotationError
from generator.notation.durations import TIMED, is_single_note, token_units
from generator.notation.keys import MAX_FIFTHS, read_key_field
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN
from generator.notation.tokens import Token, TokenKind, lex_music, without_texts

MAX_OCTAVE_MARKS = 4
MAX_LENGTH_NUMBER = 512
MAX_LENGTH_STROKES = 6
MAX_GROUP_NOTES = 24  # in a chord, or grace notes before one note
IN_GRACE = frozenset({
    TokenKind.NOTE, TokenKind.CHORD, TokenKind.SLUR_OPEN, TokenKind.SLUR_CLOSE, TokenKind.TIE, TokenKind.SPACE,
    TokenKind.DECORATION,
})  # fmt: skip

_BARLINE = re.compile(r"\||\|\||\|\]|\[\||\|:|:\||::|(?:\||:\|)[12]")
_CLEF = re.compile(r"(?:treble|alto|tenor|bass)[1-5]?(?:[+-](?:8|15))?")
_TEMPO = re.compile(r"([1-9]\d?)/(1|2|4|8|16|32)=([1-9]\d{0,3})")
_PITCH = re.compile(r"[A-Ga-g]([,']*)")
_NUMBER = re.compile(r"\d+")


def names_clef(value: str) -> bool:
    """Whether a `K:` field changes the clef only: `bass`, `treble-8`."""
    return _CLEF.fullmatch(value) is not None


def possible_key(value: str) -> bool:
    """Whether a `K:` field names a key that has a signature: not D# major, which would need nine sharps."""
    try:
        field = read_key_field(value)
    except NotationError:
        return False
    return field is not None and " " not in value and "%" not in value and abs(field.fifths) <= MAX_FIFTHS


def possible_tempo(value: str) -> bool:
    """Whether a `Q:` field is a number of beats a minute that people can play."""
    tempo = _TEMPO.fullmatch(value)
    if tempo is None:
        return False
    beats, unit, number = map(int, tempo.groups())
    return TEMPO_MIN * unit <= 4 * beats * number <= TEMPO_MAX * unit


@lru_cache(maxsize=4096)
def can_be_engraved(token: Token) -> bool:
    """Whether a word other than a field can be engraved."""
    text = token.text
    if token.kind is TokenKind.BAR:
        return _BARLINE.fullmatch(text) is not None
    # A % would make a comment of the rest of the line.
    if "%" in text or not text.isprintable():
        return False
    if token.kind is TokenKind.GRACE:
        return _is_grace(text)
    if token.kind is TokenKind.TUPLET:
        return all(int(number) > 1 for number in _NUMBER.findall(text)[:1])
    return token.kind not in TIMED or _is_timed(token)


def _is_timed(token: Token) -> bool:
    """Whether a note, rest or chord has pitches and a length that can be engraved."""
    text = without_texts(token.text)
    octaves = [len(marks) for marks in _PITCH.findall(text)]
    if max(octaves, default=0) > MAX_OCTAVE_MARKS or len(octaves) > MAX_GROUP_NOTES:
        return False
    if token.kind is TokenKind.CHORD and not octaves:
        return False
    if not _has_single_value(token):
        return False
    longest = max(map(int, _NUMBER.findall(text)), default=1)
    return longest <= MAX_LENGTH_NUMBER and text.count("/") <= MAX_LENGTH_STROKES * max(1, len(octaves))


def _has_single_value(token: Token) -> bool:
    """Whether a note's or chord's written length is one note value: `c5` would need a tie, `c/3` a tuplet.

    A rest may have any length, since it may stand for a whole bar of 9/8.
    """
    try:
        return token.kind is TokenKind.REST or is_single_note(token_units(token))
    except NotationError:
        return False


def _is_grace(text: str) -> bool:
    """Whether `{/cd}` holds grace notes and nothing else: a rest among them would take time from the bar."""
    tokens = lex_music(text[1:-1].removeprefix("/"))
    notes = sum(token.kind in TIMED for token in tokens)
    return 0 < notes <= MAX_GROUP_NOTES and all(token.kind in IN_GRACE and can_be_engraved(token) for token in tokens)
