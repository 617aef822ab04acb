"""The bars of all voices side by side: measures, with their lengths, metres, numbers, repeats and part order."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction

from renderers.errors import InputRefused
from renderers.limits import MAX_BARS
from renderers.score.abc.marks import Marks
from renderers.score.abc.metres import Metre
from renderers.score.abc.model import BarSign, Event, PartLabel, Tune, Voice, VoiceBar
from renderers.score.abc.part_order import parse_order, playing_order
from renderers.score.abc.remarks import Remark
from renderers.score.abc.repeats import resolve

WITHOUT_METRE = Fraction(1)


@dataclass(slots=True)
class Measure:
    """One measure of the whole score. `bars` and `metres` by voice; a voice that is silent here has no bar."""

    bars: dict[str, VoiceBar]
    metres: dict[str, Metre]
    length: Fraction
    marks: Marks
    number: str = ""
    is_implicit: bool = False


def line_up(tune: Tune) -> tuple[list[Measure], list[Remark]]:
    """All measures in the order of the page, and what had to be said about them."""
    num_measures = max(len(voice.bars) for voice in tune.voices)
    metres = _metres(tune.voices, num_measures)
    labels = _labels(tune.voices)
    marks = resolve(_signs(tune.voices, num_measures), frozenset(labels))
    measures = []
    for index in range(num_measures):
        bars = {voice.id: voice.bars[index] for voice in tune.voices if index < len(voice.bars)}
        length = _length(bars, metres[index])
        measures.append(Measure(bars, metres[index], length, marks[index]))
    ordered, remarks = _in_part_order(measures, labels, tune.part_order)
    again = {measure.marks.played_again: measure for measure in measures if measure.marks.played_again}
    remarks += [Remark("played_again", _line(measure)) for measure in again.values()]
    measures = _with_what_is_played_again(ordered, measures)
    _number(measures)
    return measures, remarks


def has_even_bars(tune: Tune) -> bool:
    """Whether in every bar all staves with notes or rests of their own are equally long."""
    staves = [[voice for voice in tune.voices if voice.id in ids] for part in tune.layout.parts for ids in part.staves]
    for index in range(max(len(voice.bars) for voice in tune.voices)):
        lengths = (max((v.bars[index].length() for v in staff if index < len(v.bars)), default=0) for staff in staves)
        if len(set(filter(None, lengths))) > 1:
            return False
    return True


def _metres(voices: Sequence[Voice], num_measures: int) -> list[dict[str, Metre]]:
    """The metre of every voice in every measure. A change that one voice states holds for those in the same metre."""
    said: dict[str, Metre] = {voice.id: voice.bars[0].metre for voice in voices if voice.bars}
    now = dict(said)
    found = []
    for index in range(num_measures):
        changes: dict[Metre, Metre] = {}
        for voice in voices:
            if index < len(voice.bars) and voice.bars[index].metre != said[voice.id]:
                said[voice.id] = voice.bars[index].metre
                changes.setdefault(now[voice.id], said[voice.id])
                now[voice.id] = said[voice.id]
        if changes:
            changed = set(changes.values())
            now = {id_: metre if metre in changed else changes.get(metre, metre) for id_, metre in now.items()}
        found.append(dict(now))
    return found


def _length(bars: dict[str, VoiceBar], metres: dict[str, Metre]) -> Fraction:
    """As long as the longest voice; where all rest, as the metre says."""
    longest = max((bar.length() for bar in bars.values()), default=Fraction(0))
    if longest:
        return longest
    return max((metre.length or WITHOUT_METRE for metre in metres.values()), default=WITHOUT_METRE)


def _signs(voices: Sequence[Voice], num_measures: int) -> list[BarSign]:
    """One barline for all voices: repeats and endings that one of them has hold for all."""
    merged = [BarSign() for _ in range(num_measures + 1)]
    for voice in voices:
        for index, sign in enumerate(voice.signs[: num_measures + 1]):
            if index == len(voice.bars) < num_measures:
                sign = copy(sign)  # the voice ends early; its last barline is not the tune's
                sign.style = ""
            merged[index].merge(sign)
    return merged


def _labels(voices: Sequence[Voice]) -> dict[int, str]:
    """Measure → the label of the part that begins there. One behind all notes of a bar is the next one's."""
    labels: dict[int, str] = {}
    for voice in voices:
        for index, bar in enumerate(voice.bars):
            places = [place for place, item in enumerate(bar.layers[0]) if isinstance(item, Event)]
            for place, item in enumerate(bar.layers[0]):
                if not isinstance(item, PartLabel):
                    continue
                if not places or place < places[0]:
                    labels.setdefault(index, item.text)
                elif place > places[-1] and index + 1 < len(voice.bars):
                    labels.setdefault(index + 1, item.text)
    return dict(sorted(labels.items()))


def _in_part_order(measures: list[Measure], labels: dict[int, str], written: str) -> tuple[list[Measure], list[Remark]]:
    order = parse_order(written)
    names = list(labels.values())
    if not order or not names or list(order) == names:
        return measures, []
    played = playing_order(order, names)
    if played is None:
        return measures, [Remark("part_order", values={"text": written[:40]})]
    starts = [*labels, len(measures)]
    unfolded = measures[: starts[0]]
    for place, times in played:
        part = measures[starts[place] : starts[place + 1]]
        if times > 1 and not any(measure.marks.ends or measure.marks.starts for measure in part):
            unfolded += _repeated(part, times)
        else:
            unfolded += [measure for _ in range(times) for measure in _standing_alone(part)]
        if len(unfolded) > MAX_BARS:
            raise InputRefused(reason="bars", limit=MAX_BARS)
    return unfolded, []


def _with_what_is_played_again(ordered: list[Measure], measures: list[Measure]) -> list[Measure]:
    """What comes once more behind the last ending, without signs. Raises InputRefused."""
    written: list[Measure] = []
    for measure in ordered:
        written.append(measure)
        written += [replace(again, marks=Marks()) for again in measures[slice_of(measure.marks.played_again)]]
        if len(written) > MAX_BARS:
            raise InputRefused(reason="bars", limit=MAX_BARS)
    return written


def slice_of(numbers: range) -> slice:
    """The same numbers for a list."""
    return slice(numbers.start, numbers.stop)


def _line(measure: Measure) -> int:
    """The first line in which something of a measure stands."""
    return min((bar.line for bar in measure.bars.values()), default=0)


def _standing_alone(part: list[Measure]) -> list[Measure]:
    """A part whose first repeat, if its start is not marked, goes back to the beginning of the part."""
    measures = [copy(measure) for measure in part]
    first_sign = next((measure for measure in measures if measure.marks.ends or measure.marks.starts), None)
    if first_sign is not None and not first_sign.marks.starts:
        measures[0].marks = replace(measures[0].marks, starts=first_sign.marks.ends)
    return measures


def _repeated(part: list[Measure], times: int) -> list[Measure]:
    """A part between repeat signs."""
    measures = [copy(measure) for measure in part]
    for measure in (measures[0], measures[-1]):
        measure.marks = copy(measure.marks)
    if len(measures) == 1:
        measures[0].marks.starts = measures[0].marks.ends = times
    else:
        measures[0].marks.starts = measures[-1].marks.ends = times
    return measures


def _number(measures: list[Measure]) -> None:
    """Numbers from 1; a pickup is 0, and the second half of a bar that a sign divides has none of its own."""
    number, rest = 1, Fraction(0)
    for index, measure in enumerate(measures):
        whole = max((metre.length or Fraction(0) for metre in measure.metres.values()), default=Fraction(0))
        if index == 0 and 0 < measure.length < whole:
            measure.number, measure.is_implicit = "0", True
            continue
        if rest and measure.length == rest:
            measure.number, measure.is_implicit, rest = f"X{index}", True, Fraction(0)
            continue
        rest = whole - measure.length if 0 < measure.length < whole else Fraction(0)
        measure.number = str(number)
        number += 1
