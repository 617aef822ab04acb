"""The pedal of a keyboard: one foot, which catches the bass.

The network gives either hand a pedal of its own, in 31 of 68 pieces with pedals, and presses it a note late, as it was
taught. Promises: in each instrument one voice has all pedal marks, the lowest that has its share; a pedal that begins
on the chord behind a bass note begins with that note; none is shorter than an eighth. Notes and all other words stay.
Not covered: whether the harmony changes under a pedal; instruments of one staff.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from generator.errors import NotationError
from generator.notation import BarChecker, Header, Token, Tune, staves_of
from generator.notation.editing import Place, exchange_words
from generator.notation.pitches import NOTE_PATTERN, read_note
from generator.notation.tokens import SOUNDING, without_texts

DOWN, UP = "!ped!", "!ped-up!"
SHARE = 4  # the lowest voice has the pedal if it has one mark where the others have so many
SHORTEST = Fraction(1, 8)
_NOTE = re.compile(NOTE_PATTERN)
_REST = float("inf")  # higher than any note


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """A pedal mark. at: number of the bar, onset in it; bass: the note before it, if that is what it should catch."""

    place: Place
    text: str
    at: tuple[int, Fraction]
    bass: tuple[Place, Fraction] | None = None


def mend_pedals(tune: Tune) -> Tune:
    """The tune with one pedal for each instrument of several staves."""
    if not any(DOWN in voice.music or UP in voice.music for bar in tune.bars for voice in bar.voices):
        return tune
    marks = _read(tune)
    texts: dict[Place, str] = {}
    for voices in _hands(tune.header):
        own = {voice: marks[voice] for voice in voices if marks.get(voice)}
        if not own:
            continue
        holder = _holder(own)
        texts |= {mark.place: "" for voice in own if voice != holder for mark in own[voice]}
        _mend(own[holder], tune, texts)
    return exchange_words(tune, texts)


def _hands(header: Header) -> list[list[str]]:
    """The voices of each instrument that a brace joins, the lowest staff first."""
    staves = staves_of(header)
    found = []
    for part in re.findall(r"\{([^}]*)\}", header.score or ""):
        words = set(re.findall(r"\w+", part))
        found.append([voice for staff in reversed(staves) for voice in staff if voice in words])
    return found


def _holder(own: dict[str, list[_Mark]]) -> str:
    most = max(len(marks) for marks in own.values())
    return next(voice for voice, marks in own.items() if SHARE * len(marks) >= most)


def _read(tune: Tune) -> dict[str, list[_Mark]]:
    """The pedal marks of every voice, in order."""
    clock = BarChecker(tune.header)
    found: dict[str, list[_Mark]] = {}
    for number, bar in enumerate(tune.bars):
        metre = clock.metre_in(bar)
        for voice in bar.voices:
            if DOWN in voice.music or UP in voice.music:
                try:
                    timing = clock.timing(voice, metre)
                except NotationError:
                    continue
                onsets = [(timed.index, timed.onset) for timed in timing.timed]
                found.setdefault(voice.voice, []).extend(
                    _marks_of(voice.tokens, onsets, timing.length, number=number, voice=voice.voice)
                )
        clock.accept(bar)
    return found


def _marks_of(
    tokens: tuple[Token, ...], onsets: list[tuple[int, Fraction]], length: Fraction, *, number: int, voice: str
) -> Iterator[_Mark]:
    """onsets: of each note and rest, by the number of its token."""
    for index, token in enumerate(tokens):
        if token.text not in (DOWN, UP):
            continue
        before = [one for one in onsets if one[0] < index]
        after = next((one for one in onsets if one[0] > index), None)
        bass = None
        if before and after is not None and _is_bass([tokens[one[0]] for one in (*before, after)]):
            bass = ((number, voice, before[-1][0]), before[-1][1])
        onset = length if after is None else after[1]
        yield _Mark(place=(number, voice, index), text=token.text, at=(number, onset), bass=bass)


def _is_bass(tokens: list[Token]) -> bool:
    """Whether the last but one is a note that the foot would have caught: what is beside it is higher, or a rest."""
    *before, last, after = tokens
    return last.kind in SOUNDING and _lowest(after) > _lowest(last) <= min(map(_lowest, before[-1:]), default=_REST)


def _lowest(token: Token) -> float:
    if token.kind not in SOUNDING:
        return _REST
    steps = [read_note(found["note"])[1] for found in _NOTE.finditer(without_texts(token.text))]
    return min(steps, default=_REST)


def _mend(marks: list[_Mark], tune: Tune, texts: dict[Place, str]) -> None:
    """Note in `texts` what changes about the marks of a voice."""
    lifted: tuple[int, Fraction] | None = None  # when the foot was last up, or pressed
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if mark.text == UP:
            lifted = mark.at
            continue
        start = mark.at
        if mark.bass is not None and (lifted is None or lifted <= (mark.at[0], mark.bass[1])):
            place, onset = mark.bass
            start = (mark.at[0], onset)
            texts[mark.place] = ""
            texts[place] = DOWN + tune.bars[place[0]].voice(place[1]).tokens[place[2]].text  # type: ignore[union-attr]
        if following is not None and following.text == UP and _is_short(start, following.at):
            texts |= {mark.place: "", following.place: ""}
        lifted = start


def _is_short(start: tuple[int, Fraction], end: tuple[int, Fraction]) -> bool:
    return start[0] == end[0] and end[1] - start[1] < SHORTEST
