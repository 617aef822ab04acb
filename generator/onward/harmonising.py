"""A melody that others are to accompany: it stands as the first voice of every bar, and the network writes the rest.

Promises: the melody prints as it was brought, character for character, between the barlines that it had.
Not covered: which voices there are, which the style's opening says; writing them (`generator.writing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.notation import Bar, Header, TokenKind, Tune, VoiceBar, parse_header, parse_tune
from generator.notation.checks import barlines
from generator.notation.keys import read_key_field
from generator.notation.transpose import way_home
from generator.onward.brought import Brought
from generator.onward.errors import NotWorkable
from generator.onward.joining import with_barlines_of
from generator.onward.reading import READ_LINES, Reading, plain, without_accents
from generator.planning.stay import Stay
from generator.writing.given import Given

TITLES = ("X:", "T:", "C:")


@dataclass(frozen=True, kw_only=True)
class Melody:
    """brought: where it comes from; voice: its id there; reading: it alone, for the network; given: in every bar."""

    brought: Brought
    voice: str
    reading: Reading
    given: Given

    def with_voices(self, tune: Tune) -> Tune:
        """The melody as it was brought, and what was written with it."""
        first = tune.header.voices[0].id
        bars = []
        for bar, old in zip(tune.bars, self.brought.bars, strict=True):
            kept = old.voice(self.voice)
            assert kept is not None
            others = with_barlines_of(bar, Bar(voices=(replace(kept, voice=first),)))
            voices = tuple(
                replace(voice, music=kept.music) if voice.voice == first else voice for voice in others.voices
            )
            bars.append(replace(others, voices=voices))
        titles = tuple(line for line in self.brought.tune.header.lines if line.startswith(TITLES))
        return Tune(header=Header((*titles, *tune.header.lines)), bars=tuple(bars))


def melody_of(brought: Brought, opening: Sequence[str], *, at_home: bool) -> Melody:
    """The melody under the header of an opening, with its own key, metre, tempo and unit.

    Raises NotWorkable for one that sounds otherwise than written, or changes its key, which the other voices would not.
    """
    voice = _voice_of(brought)
    header = parse_header(opening)
    for letter in "LMQK":
        if (value := brought.tune.header.field(letter)) is not None:
            header = header.with_field(letter, value)
        elif letter == "L":
            header = header.with_field("L", str(brought.tune.header.unit))
    first = header.voices[0].id
    bars = tuple(_alone(bar, voice, first) for bar in brought.bars)
    header = Header(tuple(plain(line) for line in header.lines if line.startswith(READ_LINES)))
    tune = Tune(header=header, bars=bars)
    move = way_home(str(header)) if at_home else None
    moved = tune if move is None else parse_tune(move.apply(str(tune)))
    last = len(bars) - 1
    stays = {}
    for number, bar in enumerate(moved.bars):
        counted = replace(bar, countdown=(number, last - number))
        kept = str(counted).rstrip().removesuffix(barlines(bar.voices[0].tokens).closing)
        stays[number] = Stay(kept=kept, instead_of=counted)
    reading = Reading(tune=tune, move=move, total=len(bars))
    return Melody(brought=brought, voice=voice, reading=reading, given=Given(stays=stays))


def _voice_of(brought: Brought) -> str:
    """The first voice that plays in at least half of the bars, or the one that plays most."""
    played = {voice.id: 0 for voice in brought.tune.header.voices}
    for bar in brought.bars:
        for voice in bar.voices:
            played[voice.voice] = played.get(voice.voice, 0) + voice.sounds
    most = max(played, key=played.__getitem__)
    melody = next((voice for voice, bars in played.items() if 2 * bars >= len(brought.bars)), most)
    if any(voice.id == melody and "transpose=" in voice.text for voice in brought.tune.header.voices):
        raise NotWorkable(reason="transposing")
    for number, bar in enumerate(brought.bars, start=1):
        found = bar.voice(melody)
        for token in found.tokens if found else ():
            if token.kind is TokenKind.FIELD and token.text[1] == "K" and read_key_field(token.text[3:-1]) is not None:
                raise NotWorkable(reason="key_changes", bar=number)
    return melody


def _alone(bar: Bar, voice: str, first: str) -> Bar:
    found = bar.voice(voice)
    assert found is not None
    return Bar(voices=(VoiceBar(first, without_accents(found.music)),))
