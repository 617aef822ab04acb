"""What a tune that was read says, in few words."""

from fractions import Fraction

from renderers.score.abc.model import Event, Tune, Voice

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def events_of(voice: Voice) -> list[Event]:
    """All notes, chords and rests of a voice."""
    return [item for bar in voice.bars for item in bar.layers[0] if isinstance(item, Event)]


def said(voice: Voice) -> str:
    """Bars as `C4:1/4 z:1/2 | ...`; accidentals as # and b, tied notes with -, tuplets with their numbers."""
    return " | ".join(" ".join(_event(item) for item in bar.layers[0] if isinstance(item, Event)) for bar in voice.bars)


def _event(event: Event) -> str:
    names = [
        f"{head.step}{'#' * max(0, int(head.alter))}{'b' * max(0, -int(head.alter))}{head.octave}"
        f"{'-' if head.is_tied_on else ''}"
        for head in event.heads
    ]
    name = "+".join(names) or ("z" if event.is_visible else "x")
    tuplet = f"({event.tuplets[0].actual}:{event.tuplets[0].normal})" if event.tuplets else ""
    return f"{name}:{'bar' if event.is_bar_rest else event.nominal}{tuplet}"


def pitches_of(tune: Tune) -> list[tuple[Fraction, int]]:
    """(quarters from the beginning, MIDI pitch) of every note that is struck."""
    found = []
    for voice in tune.voices:
        start = Fraction(0)
        for index, bar in enumerate(voice.bars):
            length = max(other.bars[index].length() for other in tune.voices) or bar.metre.length or Fraction(1)
            now = start
            for item in bar.layers[0]:
                if isinstance(item, Event):
                    for head in item.heads:
                        if not head.is_tied_back:
                            pitch = 12 * (head.octave + 1) + SEMITONES[head.step] + int(head.alter)
                            found.append((now * 4, pitch))
                    now += item.length
            start += length
    return sorted(found)
