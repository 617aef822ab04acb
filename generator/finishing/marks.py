"""Texts above and below the notes: what a player can use stays, what the network made up goes.

Promises: notes, lengths, dynamics and other signs stay as they are. Which words are known: `generator.notation.marks`.
"""

from dataclasses import replace

from generator.notation import TokenKind, Tune, lex_music
from generator.notation.marks import Marks, load_marks


def drop_unknown_marks(tune: Tune) -> Tune:
    """The tune without texts that no player would understand."""
    marks = load_marks()
    bars = tuple(
        replace(bar, voices=tuple(replace(voice, music=_without_unknown(voice.music, marks)) for voice in bar.voices))
        for bar in tune.bars
    )
    return replace(tune, bars=bars)


def _without_unknown(music: str, marks: Marks) -> str:
    if '"' not in music:
        return music
    kept = (
        token.text for token in lex_music(music) if token.kind is not TokenKind.QUOTED or marks.know(token.text[1:-1])
    )
    return "".join(kept).lstrip()
