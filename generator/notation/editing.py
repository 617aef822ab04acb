"""Single words of a tune, found by their places and exchanged there.

Promises: what is not named stays as it is, character by character.
Not covered: what an exchange does to the bar; whoever makes one keeps lengths as they were.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.notation.tokens import Token, TokenKind
from generator.notation.tune import Tune, VoiceBar

Place = tuple[int, str, int]  # number of the bar, voice, number of the token
Layer = list[tuple[Place, Token]]


def words_of(tune: Tune, voice: str) -> Iterator[tuple[Place, Token]]:
    """All words of one voice, bar after bar."""
    for number, bar in enumerate(tune.bars):
        if (music := bar.voice(voice)) is not None:
            for index, token in enumerate(music.tokens):
                yield (number, voice, index), token


def layers_of(tune: Tune) -> Iterator[Layer]:
    """The words that are played one after the other: those of each voice, and what follows each `&` for itself."""
    for voice in tune.header.voices:
        layers: dict[int, Layer] = {}
        now, in_bar = 0, 0
        for place, token in words_of(tune, voice.id):
            if place[0] != in_bar:
                now, in_bar = 0, place[0]
            now += token.kind is TokenKind.OVERLAY
            layers.setdefault(now, []).append((place, token))
        yield from layers.values()


def exchange_words(tune: Tune, texts: Mapping[Place, str]) -> Tune:
    """The tune with these texts in place of the words that stand there."""
    if not texts:
        return tune

    def exchanged(number: int, voice: VoiceBar) -> VoiceBar:
        words = (texts.get((number, voice.voice, index), token.text) for index, token in enumerate(voice.tokens))
        return replace(voice, music="".join(words))

    return replace(tune, bars=tuple(
        replace(bar, voices=tuple(exchanged(number, voice) for voice in bar.voices))
        for number, bar in enumerate(tune.bars)
    ))  # fmt: skip
