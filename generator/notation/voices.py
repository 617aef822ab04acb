"""Taking voices out of a tune."""

from collections.abc import Collection
from dataclasses import replace

from generator.notation.tune import Header, Tune


def drop_voices(tune: Tune, voices: Collection[str]) -> Tune:
    """The tune without these voices: in the bars, in the `V:` lines and in `%%score`."""
    bars = tuple(
        replace(bar, voices=tuple(voice for voice in bar.voices if voice.voice not in voices)) for bar in tune.bars
    )
    return replace(tune, header=_header_without(tune.header, voices), bars=bars)


def _header_without(header: Header, voices: Collection[str]) -> Header:
    """The tune header without these voices."""
    gone = {voice.text for voice in header.voices if voice.id in voices}
    lines = (
        f"%%score {score_without(line.removeprefix('%%score'), voices)}" if line.startswith("%%score") else line
        for line in header.lines
        if line not in gone
    )
    return replace(header, lines=tuple(lines))


def score_without(score: str, voices: Collection[str]) -> str:
    """What follows `%%score`, without these voices: "{ 1 | ( 2 3 ) }" without 3 is "{ 1 | 2 }"."""
    words: list[str] = []
    for sign in "()[]{}|":
        score = score.replace(sign, f" {sign} ")
    for word in score.split():
        if word == ")" and len(words) > 1 and words[-2] == "(":
            del words[-2]  # a single voice needs no parentheses
        elif word == ")" and words and words[-1] == "(":
            del words[-1]
        elif word not in voices:
            words.append(word)
    return " ".join(words)
