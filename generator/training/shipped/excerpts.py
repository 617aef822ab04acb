"""The first bars of a piece in a plain form, the same whoever wrote or edited it: notes, rests and ties.

Directions, dynamics, slurs, ornaments, repeats, titles, tempo and fingerings go, parts are named alike, all is beamed
by the metre.
Promises: every bar is as long as its metre says in every voice, and nothing changes key, metre or clef inside; what
cannot be brought into that form is refused. Not covered: how the page looks (`renderers`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from generator.catalogue.ranges import find_range
from generator.finishing.seen_rests import show_rests
from generator.finishing.slurs import mend_slurs_and_ties
from generator.notation import (
    BarChecker,
    TokenKind,
    Tune,
    VoiceBar,
    beam_by_metre,
    check_bars,
    complete_rests,
    cut_bars,
    parse_tune,
    staves_of,
    strip_countdown,
)
from generator.notation.rests import bar_length
from generator.notation.tokens import Token, without_texts
from generator.onward.brought import bring

STAVES = {"Keyboard": (2,), "Choral": (2, 4), "Art Song": (3,)}  # instrumentations, and how many staves each has
BARS = 4
LEAST_NOTES, MOST_CHARS = 14, 900
MOST_VOICES = 6
PACE = "1/4=92"  # the same for all
_DROPPED = {
    *(TokenKind.QUOTED, TokenKind.DECORATION, TokenKind.GRACE, TokenKind.SLUR_OPEN, TokenKind.SLUR_CLOSE),
    *(TokenKind.BAR, TokenKind.SPACE),
}
_REFUSED = {TokenKind.FIELD, TokenKind.OVERLAY, TokenKind.OTHER, TokenKind.BROKEN}
_KEPT_LINES = ("%%score", "L:", "M:", "K:")
_IN_A_CHORD = re.compile(r"[.~HLMOPSTuv()\s]")


class _NotPlain(ValueError):
    """It cannot be brought into the plain form."""


def plain_excerpt(abc: str, *, instrumentation: str) -> str:
    """The first bars in the plain form, without pickup. Raises ValueError, GeneratorError for what has none."""
    tune = complete_rests(strip_countdown(parse_tune(_beginning(abc))))
    metre = tune.header.metre
    if metre is None or len(tune.header.voices) > MOST_VOICES:
        raise _NotPlain("metre or voices")
    if len(staves_of(tune.header)) not in STAVES[instrumentation]:
        raise _NotPlain("staves")
    first = 1 if _first_voice_length(tune, 0) < metre.length else 0
    cut = cut_bars(tune, first, first + BARS - 1)
    lines = [line for line in cut.header.lines if line.startswith(_KEPT_LINES)]
    bars = tuple(replace(bar, countdown=None, lead="", voices=tuple(map(_plain, bar.voices))) for bar in cut.bars)
    header = replace(cut.header, lines=(*lines, *_voice_lines(cut, instrumentation)))
    plain = Tune(header=header.with_field("Q", PACE), bars=bars)
    plain = mend_slurs_and_ties(show_rests(beam_by_metre(plain, flagged=-1.0)))
    _check(plain, metre.length)
    return str(plain)


def _beginning(abc: str) -> str:
    """The tune header and some bars more than are needed: a line each."""
    lines = abc.splitlines()
    is_body = [line.startswith(("[V:", "[r:")) for line in lines]
    head = is_body.index(True) if True in is_body else len(lines)
    return "\n".join(lines[: head + BARS + 2]) + "\n"


def _first_voice_length(tune: Tune, bar: int) -> Fraction:
    """How long a bar is in its first voice, in whole notes."""
    return bar_length(tune.bars[bar], BarChecker(tune.header))


def _plain(voice: VoiceBar) -> VoiceBar:
    """Only notes, rests, ties and tuplets, and one barline."""
    kept: list[str] = []
    for token in voice.tokens:
        if token.kind in _REFUSED:
            raise _NotPlain(token.text)
        if token.kind in _DROPPED:
            continue
        kept.append(_plain_chord(token) if token.kind is TokenKind.CHORD else token.text)
    return VoiceBar(voice.voice, " ".join(kept).replace(" -", "-") + "|")


def _plain_chord(token: Token) -> str:
    inner, bracket, length = without_texts(token.text).rpartition("]")
    return "[" + _IN_A_CHORD.sub("", inner[1:]) + bracket + length


def _voice_lines(tune: Tune, instrumentation: str) -> Iterator[str]:
    """Named alike, whoever wrote them; singers in close score have no name. Raises _NotPlain for strange ones."""
    heads = {staff[0] for staff in staves_of(tune.header)}
    first = staves_of(tune.header)[0][0]
    has_piano = False
    for voice in tune.header.voices:
        if voice.clef not in ("treble", "alto", "tenor", "bass"):
            raise _NotPlain(voice.clef)
        name = ""
        if voice.id in heads and voice.name and instrumentation != "Choral":
            known = find_range(voice.name)
            if known is None:
                raise _NotPlain(voice.name)
            name = known.instrument.capitalize()
            if instrumentation == "Art Song":
                name = "Voice" if voice.id == first else name
                if name not in ("Piano", "Voice") or (name == "Voice" and voice.id != first):
                    raise _NotPlain(name)
            if instrumentation == "Keyboard":
                name = "" if has_piano else "Piano"
                has_piano = True
        yield f"V:{voice.id} {voice.clef}" + (f' nm="{name}"' if name else "")


def _check(tune: Tune, length: Fraction) -> None:
    """Raises _NotPlain."""
    text = str(tune)
    if check_bars(tune) or len(text) > MOST_CHARS or not text.isascii():
        raise _NotPlain("bars")
    if any(_first_voice_length(tune, bar) != length for bar in range(len(tune.bars))):
        raise _NotPlain("length")
    sounding = [voice.voice for bar in tune.bars for voice in bar.voices if voice.sounds]
    if any(not set(staff) & set(sounding) for staff in staves_of(tune.header)):
        raise _NotPlain("a staff that rests")
    if not any(voice.sounds for voice in tune.bars[0].voices):
        raise _NotPlain("it begins with a rest")
    notes = sum(
        token.kind in (TokenKind.NOTE, TokenKind.CHORD) for bar in tune.bars for v in bar.voices for token in v.tokens
    )
    if notes < LEAST_NOTES:
        raise _NotPlain("few notes")
    bring(text)
