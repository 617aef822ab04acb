"""What of a bar stays when the plan has it said again: all of it, the melody, the other hand, or the rhythm.

Promises: what stays is right where it goes; where a manner does not suit the instruments (a flute alone has no other
hand), the rhythm stays.
Not covered: writing the rest (`generator.writing`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from generator.notation import Bar, Header, VoiceBar, staves_of
from generator.notation.checks import barlines
from generator.notation.tokens import SOUNDING
from generator.planning.again import Scene, say_again
from generator.planning.plan import Keep
from generator.planning.spans import Wishes


@dataclass(frozen=True, kw_only=True)
class Stay:
    """What stays of a bar. whole: all of it.

    kept: its first voices, as a part of the line; tail: its last voices, behind those of `melody`, which are new and
    strike at least `least_notes` times; rhythms: music by voice, of which all but the pitches stays. harmony: voices
    whose chords stay, though they do not; players: voices that have to play. instead_of: the bar whose room a new one
    takes: it is as long, and comes back where nothing better is found.
    """

    whole: Bar | None = None
    instead_of: Bar | None = None
    kept: str = ""
    tail: tuple[VoiceBar, ...] = ()
    melody: tuple[str, ...] = ()
    least_notes: int = 0
    rhythms: Mapping[str, str] = field(default_factory=dict)
    harmony: tuple[VoiceBar, ...] = ()
    players: tuple[str, ...] = ()

    def is_poor(self, bar: Bar) -> bool:
        """Whether a new melody hardly moves where the one that it stands for did."""
        return bool(self.tail) and _struck(bar.voices, self.melody) < self.least_notes

    @property
    def is_nothing(self) -> bool:
        """Whether the bar is new."""
        return not (self.whole or self.kept or self.tail or self.rhythms or self.harmony)

    def new_in(self, bar: Bar) -> Bar:
        """What of a bar is new: without the first voices that stay."""
        kept = {part.partition("]")[0] for part in self.kept.split("[V:")[1:]}
        return replace(bar, voices=tuple(voice for voice in bar.voices if voice.voice not in kept)) if kept else bar

    def completed(self, bar: Bar) -> Bar:
        """A bar of new voices, with those behind them that stay."""
        if not self.tail or not bar.voices:
            return bar
        staying = {voice.voice for voice in self.tail}
        closing = barlines(self.tail[0].tokens).closing
        new = (_with_closing(voice, closing) for voice in bar.voices if voice.voice not in staying)
        return replace(bar, voices=(*new, *self.tail))


NOTHING_STAYS = Stay()


def _with_closing(voice: VoiceBar, closing: str) -> VoiceBar:
    return VoiceBar(voice.voice, voice.music.rstrip().removesuffix(barlines(voice.tokens).closing) + closing)


def _struck(voices: Sequence[VoiceBar], counted: Sequence[str]) -> int:
    """How many notes and chords some voices strike."""
    return sum(token.kind in SOUNDING for voice in voices if voice.voice in counted for token in voice.tokens)


def stay_of(
    bars: Sequence[Bar], header: Header, *, wishes: Wishes, bars_asked: int, fits: Callable[[Bar], bool]
) -> Stay:
    """What stays in the bar behind `bars`; nothing if the plan wants it new, or what it wants does not fit there."""
    place = len(bars)
    again = wishes.plan.returns.get(place)
    if again is None or place == bars_asked - 1 or not wishes.same_chords(place, again.source):
        return NOTHING_STAYS
    origin, here = (Scene(header=header, before=bars[:end]) for end in (again.source, place))
    bar = say_again(
        replace(bars[again.source], countdown=(place, bars_asked - place - 1)),
        origin=origin,
        place=here,
        area=again.area,
        is_minor=wishes.tonality.is_minor,
    )
    if bar is None or not bar.voices or not fits(bar):
        return NOTHING_STAYS
    return _part(bar, staves_of(header), again.keep)


def _part(bar: Bar, staves: Sequence[Sequence[str]], keep: Keep) -> Stay:
    """What stays of a bar that fits where it goes."""
    if keep is Keep.ALL:
        return Stay(whole=bar)
    melody = tuple(takewhile(lambda voice: voice.voice in staves[0], bar.voices))
    others = bar.voices[len(melody) :]
    if keep is Keep.RHYTHM or not melody or len(staves) == 1:
        return Stay(rhythms={voice.voice: voice.music for voice in melody or bar.voices[:1] if voice.sounds})
    if keep is Keep.ACCOMPANIMENT and any(voice.sounds for voice in others):
        voices = tuple(voice.voice for voice in melody)
        return Stay(tail=others, melody=voices, least_notes=-(-_struck(melody, voices) // 2))
    line = str(replace(bar, voices=melody))
    return Stay(kept=line.removesuffix(barlines(melody[-1].tokens).closing))
