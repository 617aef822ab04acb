"""A theme of the bot's own: a dance or character piece, a key, something to think of. "Waltz in A minor: first snow".

Promises: the same series has the same theme at the same place, in every language; no two in a row are of one genre;
what can be checked of it (key, metre, length) is demanded, and all of it is something to be asked for.
Not covered: when a theme comes (`bot.challenges.moments`).
"""

from __future__ import annotations

import random

from bot.challenges.demands import Demands
from bot.texts import Language, say
from bot.texts.report import key_words
from bot.texts.titles import genre_words
from generator.notation.keys import read_key
from generator.wishes.vocabulary import load_vocabulary

GENRES = (
    "waltz", "nocturne", "mazurka", "prelude", "minuet", "lullaby", "march", "barcarolle", "polka", "elegy",
    "sarabande", "serenade", "siciliana", "humoresque", "tango", "scherzo",
)  # fmt: skip
KEYS = ("C", "G", "D", "A", "F", "Bb", "Eb", "Am", "Em", "Bm", "Dm", "Gm", "Cm")
SCENES = (
    "rain", "snow", "train", "attic", "harbour", "letter", "clock", "lantern", "orchard", "ghost", "bicycle", "kitchen",
    "stars", "circus", "farewell", "river",
)  # fmt: skip
LEAST_BARS, MOST_BARS = 8, 24


def prompt_of(series: str, place: int, language: Language) -> tuple[str, Demands]:
    """The theme in words, and what is demanded. place: which of its series it is, from 1."""
    shuffled = random.Random(series).sample(GENRES, len(GENRES))
    genre = shuffled[place % len(shuffled)]
    chance = random.Random(f"{series}:{place}")
    key, scene = read_key(chance.choice(KEYS)), chance.choice(SCENES)
    metre = load_vocabulary().tables["genres"][genre].get("metre") or ""
    named = say(
        "prompt.theme",
        language,
        genre=genre_words(genre, metre, language),
        key=key_words(key, language),
        scene=say(f"prompt.{scene}", language),
    )
    return named, Demands(key=key.abc, metre=metre, least_bars=LEAST_BARS, most_bars=MOST_BARS)
