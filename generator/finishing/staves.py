"""How notes sit on their staff: octave brackets and clefs that help the reader, where the network's own do not.

The network hears octaves better than it sees them: it brackets low notes with 8va, and leaves a hand in the wrong clef
for bars. Promises: what sounds stays as it is; only `!8va(!` and its like and clefs of keyboard staves change.
Not covered: other instruments' clefs, which are conventions; notes written on the other hand's staff are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.notation import Bar, Header, Token, TokenKind, Tune, staves_of
from generator.notation.crossing import MIDDLE_LINES, staff_move
from generator.notation.editing import Place, exchange_words, words_of
from generator.notation.pitches import NOTE_PATTERN, read_note
from generator.notation.tokens import without_texts

BRACKET_FROM = 4  # steps from the middle line: below its outer line, no bracket helps
EASY = 8  # steps from the middle line that anybody reads: two ledger lines
CHANGE_COST = 8  # steps beyond the easy ones that are worth one change of clef
WORTH = 1.2  # the clefs as written stay unless they cost so many times as much; people change as often

_BRACKET = re.compile(r"!8v([ab])([()])!")
_CLEF_FIELD = re.compile(r"\[K:(treble|bass|alto|tenor)\]")
_NOTE = re.compile(NOTE_PATTERN)


def tidy_staves(tune: Tune) -> Tune:
    """The tune with brackets and clefs that a reader would choose."""
    return choose_clefs(drop_stray_clefs(drop_idle_brackets(tune)))


def drop_stray_clefs(tune: Tune) -> Tune:
    """Without clefs that a voice changes while it is on the staff of the other hand, which they would change there."""
    stray = set()
    for voice in tune.header.voices:
        away = 0
        for place, token in words_of(tune, voice.id):
            away += staff_move(token) or 0
            if away and _CLEF_FIELD.fullmatch(token.text):
                stray.add(place)
    return exchange_words(tune, dict.fromkeys(stray, ""))


def drop_idle_brackets(tune: Tune) -> Tune:
    """Without 8va over notes that are not high, 8vb under notes that are not low, and brackets without an end."""
    idle = {place for voice in tune.header.voices for place in _idle_brackets(tune, voice.id, voice.clef)}
    return exchange_words(tune, dict.fromkeys(idle, ""))


def _idle_brackets(tune: Tune, voice: str, clef: str) -> Iterator[Place]:
    middle, opened, kind = MIDDLE_LINES.get(clef, MIDDLE_LINES["treble"]), None, ""
    heights: list[int] = []
    for place, token in words_of(tune, voice):
        if found := _CLEF_FIELD.fullmatch(token.text):
            middle = MIDDLE_LINES[found[1]]
        bracket = _BRACKET.fullmatch(token.text)
        if bracket is None:
            heights += [steps - middle for steps in _steps(token)]
        elif bracket[2] == "(" and opened is None:
            opened, kind, heights = place, bracket[1], []
        elif bracket[2] == ")" and opened is not None and bracket[1] == kind:
            if not _helps(kind, heights):
                yield from (opened, place)
            opened = None
        else:
            yield place
    if opened is not None:
        yield opened


def _helps(kind: str, heights: Sequence[int]) -> bool:
    if not heights:
        return False
    mean = sum(heights) / len(heights)
    return mean >= BRACKET_FROM if kind == "a" else mean <= -BRACKET_FROM


def _steps(token: Token) -> list[int]:
    """Steps above middle C of the notes of a token."""
    if token.kind not in (TokenKind.NOTE, TokenKind.CHORD):
        return []
    return [read_note(found["note"])[1] for found in _NOTE.finditer(without_texts(token.text))]


@dataclass(frozen=True)
class StaffBar:
    """What a bar of one staff asks of its reader.

    steps: of all notes above middle C; cost: of the clefs as written, in steps beyond the easy ones.
    """

    steps: tuple[int, ...]
    cost: int


def choose_clefs(tune: Tune) -> Tune:
    """With treble or bass clef for each bar of a keyboard staff, where that reads much better than what is written."""
    for staff in _keyboard_staves(tune.header):
        tune = _choose_for_staff(tune, staff)
    return tune


def _keyboard_staves(header: Header) -> list[tuple[str, ...]]:
    """The staves that a brace joins, with treble or bass clef."""
    braced = {word for part in re.findall(r"\{([^}]*)\}", header.score or "") for word in re.findall(r"\w+", part)}
    clefs = {voice.id: voice.clef for voice in header.voices}
    return [
        staff
        for staff in staves_of(header)
        if braced.issuperset(staff) and all(clefs[voice] in ("treble", "bass") for voice in staff)
    ]


def _choose_for_staff(tune: Tune, staff: tuple[str, ...]) -> Tune:
    first = next(voice.clef for voice in tune.header.voices if voice.id == staff[0])
    bars = _staff_bars(tune, staff, first)
    written = sum(bar.cost for bar in bars)
    chosen, cost = best_clefs([bar.steps for bar in bars], first=first)
    if written <= WORTH * (cost + CHANGE_COST):
        return tune
    return _with_clefs(tune, staff, chosen, first)


def _staff_bars(tune: Tune, staff: tuple[str, ...], clef: str) -> list[StaffBar]:
    bars = []
    away = dict.fromkeys(staff, 0)
    for bar in tune.bars:
        steps: list[int] = []
        cost = 0
        after = clef  # a change in any voice is one of the staff
        for voice in staff:
            last = clef
            music = bar.voice(voice)
            for token in music.tokens if music else ():
                away[voice] += staff_move(token) or 0
                if found := _CLEF_FIELD.fullmatch(token.text):
                    last = found[1]
                elif not away[voice]:
                    here = _steps(token)
                    steps += here
                    cost += sum(_hard(step, last) for step in here)
            after = last if last != clef else after
        bars.append(StaffBar(tuple(steps), cost))
        clef = after
    return bars


def _hard(steps: int, clef: str) -> int:
    return max(0, abs(steps - MIDDLE_LINES[clef]) - EASY)


def best_clefs(bars: Sequence[Sequence[int]], *, first: str) -> tuple[list[str], int]:
    """A clef for each bar, and what they cost: steps beyond the easy ones, and `CHANGE_COST` for a change.

    bars: the steps above middle C of each bar's notes. first: the clef before the first bar; the staff may begin with
    another at the cost of a change.
    """
    costs = {clef: 0 if clef == first else CHANGE_COST for clef in ("treble", "bass")}
    ways: dict[str, list[str]] = {clef: [] for clef in costs}
    for steps in bars:
        other = {"treble": "bass", "bass": "treble"}
        came = {
            clef: min(clef, other[clef], key=lambda one: costs[one] + CHANGE_COST * (one != clef)) for clef in costs
        }
        costs, ways = (
            {
                clef: costs[came[clef]] + CHANGE_COST * (came[clef] != clef) + sum(_hard(step, clef) for step in steps)
                for clef in costs
            },
            {clef: [*ways[came[clef]], clef] for clef in costs},
        )
    best = min(costs, key=lambda clef: costs[clef])
    return ways[best], costs[best]


def _with_clefs(tune: Tune, staff: tuple[str, ...], chosen: Sequence[str], first: str) -> Tune:
    """Every voice of the staff gets the field of a change at the head of its bar, and loses those it had."""
    before = [first, *chosen]

    def reclef(bar: Bar, clef: str, old: str) -> Bar:
        field = f"[K:{clef}]" if clef != old else ""
        return replace(bar, voices=tuple(
            replace(voice, music=field + _CLEF_FIELD.sub("", voice.music)) if voice.voice in staff else voice
            for voice in bar.voices
        ))  # fmt: skip

    return replace(tune, bars=tuple(map(reclef, tune.bars, chosen, before)))
