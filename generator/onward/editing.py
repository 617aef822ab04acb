"""A piece edited, step by step: what the network writes anew, and what is done by rule.

Promises: what no step names prints as it was brought, character for character, hands included; a step that finds
nothing to change is named in `Edited.idle`, and only where no step changes anything it is an error. The same edit of
the same piece gives the same result.
Not covered: the words that ask for it (`said.py`).
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from generator.catalogue.ranges import Range, find_range
from generator.critic.card import report_card
from generator.notation import Bar, Tune, parse_tune
from generator.onward.arranging import bared, enriched, ornamented, simplified
from generator.onward.brought import Brought
from generator.onward.by_hand import with_lines
from generator.onward.door import Worked, Workplace, with_bars_that_join, work_on
from generator.onward.errors import NotWorkable
from generator.onward.fitting import check_edit, way_of
from generator.onward.hands import Hand, voices_of
from generator.onward.joining import put_in
from generator.onward.joins import BROKEN, faults_at_joins
from generator.onward.loudness import with_loudness
from generator.onward.notes import pages_of
from generator.onward.repeating import repeated, unrepeated
from generator.onward.step import WRITTEN, Does, Edit, Step
from generator.onward.turning import ended, in_mode, paced, shifted
from generator.onward.work import How, Kind, Work
from generator.request import Counts, Progress
from generator.transposing.transposition import transpose
from generator.writing.candidate import STRICT_STYLE

WARMTH = {"calmer": 0.75, "livelier": 1.3}  # times as daring as usual
LOWEST, HIGHEST = 21, 108  # of a piano, whose name a voice need not have
MIDDLE_C = 60
AS_SAID = (Does.SHIFT, Does.ENDING, Does.LOUDNESS)  # these change all bars that are named but those that break others


@dataclass(frozen=True, kw_only=True)
class Edited(Worked):
    """idle: the numbers of the steps, from 0, that found nothing to change."""

    edit: Edit
    idle: tuple[int, ...] = ()

    def done(self) -> dict[str, Any]:
        """What was done, for the record beside the piece."""
        return {**self.edit.to_json(), "changed": list(self.changed), "idle": list(self.idle)}


Events = AsyncGenerator[Progress | Edited, None]


async def edit_piece(place: Workplace, brought: Brought, edit: Edit) -> Events:
    """Progress at every bar, Edited at the end. Raises BadRequest for what the piece does not have."""
    edit = edit.fit(len(brought.bars))
    check_edit(brought, edit)
    started_s, to_write = time.monotonic(), edit.written(len(brought.bars))
    now, counts, idle, done = brought, Counts(), [], 0
    for number, step in enumerate(edit.steps):
        if step.does in WRITTEN:
            bars = len(step.numbers(len(now.bars)))
            async with aclosing(work_on(place, now, _work_of(edit, step, number))) as events:
                async for event in events:
                    if isinstance(event, Progress):
                        spent_s, bar = time.monotonic() - started_s, done + min(event.bar, bars)
                        yield Progress(bar, to_write, spent_s, spent_s / bar * (to_write - bar))
                    else:
                        counts = event.counts
                        tune = _with_other_hands(now.tune, event.tune, step)
            done += bars
        else:
            strict = edit.style.instrumentation == STRICT_STYLE
            tune = await asyncio.to_thread(_by_rule, now, step, edit.seed + number, strict=strict)
        if tune == now.tune:
            idle.append(number)
        now = replace(now, tune=tune)
    if len(idle) == len(edit.steps):
        raise NotWorkable(reason="nothing_changes")
    judgement = await place.judge_tune(now.tune, edit.style, seed=edit.seed)
    yield Edited(
        tune=now.tune,
        work=_work_of(edit, edit.steps[0], 0),
        edit=edit,
        changed=changed_bars(brought.tune, now.tune),
        idle=tuple(idle),
        counts=counts,
        card=report_card(now.tune, counts=counts.to_json(), judgement=judgement),
        timings={"compose_s": round(time.monotonic() - started_s, 3)},
    )


def changed_bars(before: Tune, after: Tune) -> tuple[int, ...]:
    """The numbers, from 1, of the bars that do not print as they did, and of those that are new."""
    old = [str(bar) for bar in before.bars]
    return tuple(
        number for number, bar in enumerate(after.bars, start=1) if number > len(old) or str(bar) != old[number - 1]
    )


def _work_of(edit: Edit, step: Step, number: int) -> Work:
    """What of a step the network does, and of the others something as harmless."""
    is_vary = step.does is Does.VARY
    sampling = replace(edit.sampling, temperature=edit.sampling.temperature * WARMTH.get(step.aim, 1.0))
    return Work(
        kind=Kind.VARY if is_vary else Kind.REWRITE,
        style=edit.style,
        seed=edit.seed + number,
        first=step.first or 1,
        last=step.last,
        how=How(step.aim) if is_vary and step.aim else How.EVERY_SECOND_BAR,
        how_far=1.0 if is_vary and step.first else 0.5,
        sampling=sampling,
        hand=step.hand,
        aim="" if is_vary else step.aim,
    )


def _with_other_hands(old: Tune, new: Tune, step: Step) -> Tune:
    """What the other hand plays as it was, character for character: the network has read it in another key."""
    if step.hand is Hand.ALL:
        return new
    playing = voices_of(old.header, step.hand)
    bars = [
        replace(bar, voices=tuple(
            voice if voice.voice in playing else (before.voice(voice.voice) or voice) for voice in bar.voices
        ))
        for bar, before in zip(new.bars, old.bars, strict=True)
    ]  # fmt: skip
    return replace(new, bars=tuple(bars))


# --- by rule ---------------------------------------------------------------------------------------------------------


def _by_rule(brought: Brought, step: Step, seed: int, *, strict: bool) -> Tune:
    """What a rule changes; bars that would break something where they meet others stay as they were."""
    tune, bars = brought.tune, step.numbers(len(brought.bars))
    if step.does is Does.TEMPO:
        return paced(tune, factor=step.factor, tempo=step.tempo, bars=bars if step.first else None)
    if step.does is Does.HAND:
        return with_lines(tune, step.aim)
    if step.does is Does.MODE:
        return in_mode(tune, step.aim)
    if step.does is Does.TRANSPOSE:
        return _transposed(tune, step)
    if step.does in (Does.REPEAT, Does.ONCE):
        return (repeated if step.does is Does.REPEAT else unrepeated)(tune, bars)
    if step.does is Does.COPY:
        return _copied(brought, bars, step.aim, strict=strict)
    new = dict(_new_bars(tune, step, bars, seed))
    if step.does in AS_SAID:

        def build(some: Mapping[int, Bar]) -> Tune:
            return replace(tune, bars=tuple(some.get(number, bar) for number, bar in enumerate(tune.bars)))

        return with_bars_that_join(tune, new, build, strict=strict, rules=BROKEN) or tune

    def put(some: Mapping[int, Bar]) -> Tune:
        return _with_other_hands(tune, put_in(brought, some), step)

    return with_bars_that_join(tune, new, put, strict=strict) or tune


def _new_bars(tune: Tune, step: Step, bars: Sequence[int], seed: int) -> Mapping[int, Bar]:
    if step.does is Does.SIMPLIFY:
        return simplified(tune, bars, hand=step.hand)
    if step.does is Does.ENRICH:
        return enriched(tune, bars, hand=step.hand)
    if step.does is Does.ORNAMENT:
        return ornamented(tune, bars, seed=seed)
    if step.does is Does.SHIFT:
        return _shifted(tune, step, bars)
    if step.does is Does.BARE:
        return bared(tune, bars, hand=step.hand)
    if step.does is Does.LOUDNESS:
        return with_loudness(tune, bars, voices_of(tune.header, step.hand), step.aim)
    return ended(tune, step.aim)


def _copied(brought: Brought, bars: Sequence[int], source: str, *, strict: bool) -> Tune:
    """Raises NotWorkable for bars that are not there, are not as many, or do not fit between those that stay."""
    first, last = (int(number) for number in source.split("-"))
    if last > len(brought.bars):
        raise NotWorkable(reason="no_such_bars", first=first, last=last, bars=len(brought.bars))
    if last - first + 1 != len(bars):
        raise NotWorkable(reason="not_as_many", first=first, last=last)
    copies = brought.tune.bars[first - 1 : last]
    tune = put_in(brought, dict(zip(bars, copies, strict=True)))
    faults = faults_at_joins(tune, set(bars), before=brought.tune, strict=strict)
    if wrong := next((fault for fault in faults if fault.rule in BROKEN), None):
        raise NotWorkable(reason="does_not_fit", bar=wrong.bar + 1)
    return tune


def _shifted(tune: Tune, step: Step, bars: Sequence[int]) -> Mapping[int, Bar]:
    """Raises NotWorkable where an instrument cannot go there."""
    voices = voices_of(tune.header, step.hand)
    new = shifted(tune, bars, voices, int(step.aim))
    after = replace(tune, bars=tuple(new.get(number, bar) for number, bar in enumerate(tune.bars)))
    limits = {voice.id: _range_of(tune, voice.id) for voice in tune.header.voices}
    for number, page in enumerate(pages_of(after)):
        if number not in new or page is None:
            continue
        for voice in after.bars[number].voices:
            limit = limits[voice.voice]
            heights = [MIDDLE_C + pitch.height for event in page.events(voice) for pitch in event.pitches]
            if voice.voice in voices and heights and not limit.low <= min(heights) <= max(heights) <= limit.high:
                raise NotWorkable(reason="out_of_reach", bar=number + 1)
    return new


def _range_of(tune: Tune, voice: str) -> Range:
    """That of the instrument that a voice is named after, or the one above it."""
    found = Range("", LOWEST, HIGHEST)
    for definition in tune.header.voices:
        found = (find_range(definition.name) if definition.name else None) or found
        if definition.id == voice:
            break
    return found


def _transposed(tune: Tune, step: Step) -> Tune:
    abc = str(tune)
    return parse_tune(transpose(abc, way_of(abc, step)).abc)
