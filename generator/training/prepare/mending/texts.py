"""Texts and dynamics: what a player can use, once.

Promises: notes stay; of a text that runs several marks together each stands alone; what no player knows goes
(`config/marks.toml`), as it does from composed pieces; of several degrees of loudness on one note the first stays.
"""

import re
from dataclasses import replace

from generator.notation import Token, TokenKind, Tune, VoiceBar
from generator.notation.durations import TIMED
from generator.notation.marks import load_marks

# Metronome marks and what editors put in brackets: the number stands in the Q: field.
_METRONOME = re.compile(r"\(?\s*(?:M\.?\s*[:.]?\s*M\.?\s*[:.]?)?\s*(?:\.?\s*=\s*\d+\.?)?\s*\)?$|\[\]|\(\)")
_PARTS = re.compile(r"[\^_@<>]|\\n|\n")
_DEGREE = re.compile(r"!(p{1,4}|f{1,4}|mp|mf)!")


def tidy_texts(tune: Tune) -> Tune:
    """The tune with texts that players know and one dynamic at a time."""
    return replace(tune, bars=tuple(
        replace(bar, voices=tuple(map(_tidy_voice, bar.voices))) for bar in tune.bars
    ))  # fmt: skip


def _tidy_voice(voice: VoiceBar) -> VoiceBar:
    if '"' not in voice.music and "!" not in voice.music:
        return voice
    kept: list[Token] = []
    before: list[str] = []  # what stands on the next note already
    for token in voice.tokens:
        if token.kind in TIMED:
            before = []
        texts = _texts_of(token, before)
        before += texts if token.kind in (TokenKind.QUOTED, TokenKind.DECORATION) else []
        kept += [token._replace(text=text) for text in texts]
    music = "".join(token.text for token in kept)
    return replace(voice, music=music.lstrip()) if music != voice.music else voice


def _texts_of(token: Token, before: list[str]) -> list[str]:
    """What remains of a word: nothing, itself, or several. before: what stands on the same note."""
    if token.kind is TokenKind.QUOTED:
        return [mark for mark in known_marks(token.text) if mark not in before]
    if token.kind is TokenKind.DECORATION and _DEGREE.fullmatch(token.text):
        return [] if any(map(_DEGREE.fullmatch, before)) else [token.text]
    return [token.text]


def known_marks(text: str) -> list[str]:
    """The marks within a quoted text that a player knows, each quoted and placed: `"^I.^Allegro. M.M. = 60."`."""
    inner = text[1:-1]
    place = inner[0] if inner[:1] in ("^", "_", "@", "<", ">") else "^"
    parts = [_METRONOME.sub("", part.strip()).strip() for part in _PARTS.split(inner)]
    known = [part for part in dict.fromkeys(parts) if len(part) > 1 and load_marks().know(part)]
    return [f'"{place}{part}"' for part in known]
