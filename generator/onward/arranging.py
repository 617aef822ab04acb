"""A piece made easier or richer, with ornaments or without, by rule: note by note, without the network.

Easier: ornaments go, the melody has one note at a time, chords below have their outer notes, and fast figures below
become one note a beat. Richer: the melody gets a note of the chord below it on its beats, the bass its octave where a
keyboard plays, and long chords are broken. Ornamented: long notes of the melody get their neighbours, or lead to the
next one.

Promises: every bar is as long as it was; the same seed gives the same notes; the harmony stays.
Not covered: bars that change their key, metre or unit, bars with overlays and transposing instruments, which stay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from generator.notation import Bar, Token, TokenKind, Tune, VoiceBar, staves_of
from generator.onward.hands import EVERYTHING, Hand, is_keyboard, plays_chords, voices_of
from generator.onward.notes import Event, Page, Pitch, pages_of, signature_changes
from generator.planning.spans import beat_of

ORNAMENTS = frozenset(
    f"!{name}!"
    for name in (
        "trill", "trill(", "trill)", "mordent", "lowermordent", "uppermordent", "pralltriller", "turn", "invertedturn",
        "turnx", "invertedturnx", "arpeggio", "roll", "slide", "tremolo", "/", "//", "///",
    )
) | {"T", "M", "P", "S", "~"}  # fmt: skip
QUARTER, EIGHTH = Fraction(1, 4), Fraction(1, 8)
OCTAVE_STEPS, LOWEST = 7, -39  # the lowest key of a piano, from middle C
NEAREST, FURTHEST = 3, 9  # semitones from a melody down to the note below it
HAND = 12  # semitones that any hand reaches
Arranged = Callable[[Page, Bar, Sequence[Sequence[str]]], Bar]


def simplified(tune: Tune, bars: Sequence[int], *, hand: Hand = EVERYTHING) -> dict[int, Bar]:
    """The bars that become easier, by their numbers; of one hand only what it plays."""
    return _arranged(tune, bars, _easier, hand=hand)


def enriched(tune: Tune, bars: Sequence[int], *, hand: Hand = EVERYTHING) -> dict[int, Bar]:
    """The bars that become richer, by their numbers; of one hand only what it plays."""
    return _arranged(tune, bars, _richer, hand=hand)


def ornamented(tune: Tune, bars: Sequence[int], *, seed: int) -> dict[int, Bar]:
    """The bars whose melody is ornamented, by their numbers."""
    rng = Random(f"ornament {seed}")
    return _arranged(tune, bars, lambda page, bar, staves: _with_ornaments(page, bar, staves, rng))


def bared(tune: Tune, bars: Sequence[int], *, hand: Hand = EVERYTHING) -> dict[int, Bar]:
    """The bars that lose ornaments and grace notes, by their numbers; of one hand only what it plays."""

    def without(page: Page, bar: Bar, _staves: Sequence[Sequence[str]]) -> Bar:
        return _with_voices(bar, {voice.voice: page.without(voice, _is_ornament) for voice in bar.voices})

    return _arranged(tune, bars, without, hand=hand)


def _arranged(tune: Tune, bars: Sequence[int], arrange: Arranged, *, hand: Hand = EVERYTHING) -> dict[int, Bar]:
    staves, playing, new = staves_of(tune.header), voices_of(tune.header, hand), {}
    for number, page in enumerate(pages_of(tune)):
        bar = tune.bars[number]
        if number in bars and page is not None and not signature_changes(bar):
            arranged = arrange(page, bar, staves)
            other = _with_voices(bar, {voice.voice: voice for voice in arranged.voices if voice.voice in playing})
            if other != bar:
                new[number] = other
    return new


def _with_voices(bar: Bar, voices: Mapping[str, VoiceBar]) -> Bar:
    return replace(bar, voices=tuple(voices.get(voice.voice, voice) for voice in bar.voices))


# --- easier ----------------------------------------------------------------------------------------------------------


def _easier(page: Page, bar: Bar, staves: Sequence[Sequence[str]]) -> Bar:
    changed = {}
    for voice in bar.voices:
        plain = page.without(voice, _is_ornament)
        is_melody = (voice.voice in staves[0] and len(staves) > 1) or voice.voice == staves[0][0]
        change = _one_note if is_melody else _figure(page, plain)
        changed[voice.voice] = page.exchanged(plain, change)
    return _with_voices(bar, changed)


def _is_ornament(token: Token) -> bool:
    return token.kind is TokenKind.GRACE or token.text in ORNAMENTS


def _one_note(_number: int, event: Event) -> Sequence[Event] | None:
    return [replace(event, pitches=event.pitches[-1:])] if len(event.pitches) > 1 and event.plain else None


def _figure(page: Page, voice: VoiceBar) -> Callable[[int, Event], Sequence[Event] | None]:
    """Chords become their outer notes; where a beat has more than two notes, the first of them lasts through it."""
    events, metre = page.events(voice), page.checker.metre
    instead: dict[int, list[Event]] = {}
    for group in _groups(events, beat_of(metre) if metre else None):
        first = events[group[0]]
        if len(group) > 2 and first.pitches and _lasts(events[group[-1]].end - first.onset):
            whole = replace(first, length=events[group[-1]].end - first.onset, pitches=_outer(first.pitches))
            instead |= {number: [] for number in group} | {group[0]: [whole]}
    for number, event in enumerate(events):
        if number not in instead and event.plain and len(event.pitches) > 2:
            instead[number] = [replace(event, pitches=_outer(event.pitches))]
    return lambda number, _event: instead.get(number)


def _groups(events: Sequence[Event], beat: Fraction | None) -> list[list[int]]:
    """The events of each beat that nothing crosses."""
    if beat is None or not all(event.plain for event in events):
        return []
    groups: dict[Fraction, list[int]] = {}
    for number, event in enumerate(events):
        groups.setdefault(event.onset // beat * beat, []).append(number)
    whole = {start: group for start, group in groups.items() if events[group[0]].onset == start}
    return [group for start, group in whole.items() if events[group[-1]].end <= start + beat]


def _outer(pitches: Sequence[Pitch]) -> tuple[Pitch, ...]:
    """The lowest note, and the highest if a hand reaches both."""
    if len(pitches) < 2 or pitches[-1].height - pitches[0].height > HAND:
        return tuple(pitches[:1])
    return (pitches[0], pitches[-1])


def _lasts(length: Fraction) -> bool:
    """Whether one note can last so long."""
    return length.numerator in (1, 3) and length.denominator in (1, 2, 4, 8, 16)


# --- richer ----------------------------------------------------------------------------------------------------------


def _richer(page: Page, bar: Bar, staves: Sequence[Sequence[str]]) -> Bar:
    melody, bass = staves[0][0], staves[-1][-1]
    events = {voice.voice: page.events(voice) for voice in bar.voices}
    changed = {}
    for voice in bar.voices:
        if voice.voice == melody and plays_chords(page.header, staves[0]):
            others = [event for name, found in events.items() if name != melody for event in found]
            changed[melody] = page.exchanged(voice, lambda _, event, others=others: _thickened(event, others))  # type: ignore[misc]
        elif voice.voice == bass and len(staves) > 1 and is_keyboard(page.header, staves[-1]):
            changed[bass] = page.exchanged(voice, lambda _, event: _doubled(event))
    return _with_voices(bar, changed)


def _thickened(event: Event, others: Sequence[Event]) -> Sequence[Event] | None:
    """A long note with the nearest note of the chord below it."""
    if len(event.pitches) != 1 or event.length < QUARTER or not event.plain:
        return None
    top = event.pitches[0]
    below = {
        Pitch(pitch.steps + octave * OCTAVE_STEPS, pitch.alter)
        for other in others
        if other.onset <= event.onset < other.end
        for pitch in other.pitches
        for octave in range(-2, 4)
    }
    fitting = [pitch for pitch in below if NEAREST <= top.height - pitch.height <= FURTHEST]
    if not fitting:
        return None
    return [replace(event, pitches=(max(fitting, key=lambda pitch: pitch.height), top))]


def _doubled(event: Event) -> Sequence[Event] | None:
    """A long bass note with its octave; a long chord broken."""
    if not event.plain or event.length < QUARTER:
        return None
    if len(event.pitches) == 1:
        low = event.pitches[0]
        octave = Pitch(low.steps - OCTAVE_STEPS, low.alter)
        return [replace(event, pitches=(octave, low))] if octave.height >= LOWEST else None
    if len(event.pitches) >= 3 and (event.length / QUARTER).denominator == 1:
        low, middle, high = event.pitches[0], event.pitches[1], event.pitches[-1]
        notes = [(low, high, middle, high)[number % 4] for number in range(int(event.length / EIGHTH))]
        return [
            replace(event, onset=event.onset + number * EIGHTH, length=EIGHTH, pitches=(pitch,))
            for number, pitch in enumerate(notes)
        ]
    return None


# --- ornamented ------------------------------------------------------------------------------------------------------


def _with_ornaments(page: Page, bar: Bar, staves: Sequence[Sequence[str]], rng: Random) -> Bar:
    voice = bar.voice(staves[0][0])
    if voice is None:
        return bar
    events = page.events(voice)
    instead = {
        number: _ornament(event, events[number + 1] if number + 1 < len(events) else None, page, rng)
        for number, event in enumerate(events)
        if event.plain and len(event.pitches) == 1 and event.length >= QUARTER and _lasts(event.length)
    }
    return _with_voices(bar, {voice.voice: page.exchanged(voice, lambda number, _event: instead.get(number))})


def _ornament(event: Event, after: Event | None, page: Page, rng: Random) -> list[Event]:
    """A note and its neighbours, or the notes that lead to the next one; as long together."""
    note = event.pitches[0]

    def beside(steps: int) -> Pitch:
        return Pitch(note.steps + steps, page.signature[(note.steps + steps) % OCTAVE_STEPS])

    leap = after.pitches[-1].steps - note.steps if after is not None and after.pitches else 0
    if event.length.numerator == 3:
        parts = [(note, 2), (beside(1 if leap >= 0 else -1), 1)]
    elif abs(leap) == 2:
        parts = [(note, 1), (beside(leap // 2), 1)]
    elif abs(leap) == 3 and rng.random() < 0.7:
        parts = [(note, 2), (beside(1 if leap > 0 else -1), 1), (beside(2 if leap > 0 else -2), 1)]
    else:
        parts = rng.choice(
            (
                [(note, 2), (beside(1), 1), (note, 1)],
                [(beside(1), 1), (note, 1), (beside(-1), 1), (note, 1)],
                [(note, 2), (beside(-1), 1), (note, 1)],
            )
        )
    share, events, onset = event.length / sum(weight for _, weight in parts), [], event.onset
    for pitch, weight in parts:
        events.append(replace(event, onset=onset, length=share * weight, pitches=(pitch,)))
        onset += share * weight
    return events
