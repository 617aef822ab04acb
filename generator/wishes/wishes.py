"""What somebody wants, as far as his words say: the value that free words become.

Promises: everything in it is within its limits; every part says which words it came from and whether it was said or
guessed; what was not understood is named. Not covered: how it was read (`reading.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.catalogue.ensembles import NOBODY, Ensemble
from generator.catalogue.style import Style
from generator.notation.keys import Key
from generator.notation.limits import Metre
from generator.planning.chords import Progression
from generator.planning.form import Form

# request: music is asked for. offer: music is named, and not clearly asked for. near: of a name only something like it
# is known, so it is asked. again: one more, please. nod: yes, no, never mind. about: what we are and can do. press:
# something that a button does. empty: nothing was said. The others are talk, to which nothing is composed.
Sort = Literal[
    "request",
    "offer",
    "near",
    "again",
    "greeting",
    "thanks",
    "farewell",
    "nod",
    "about",
    "press",
    "talk",
    "unknown",
    "empty",
]
# said: in so many words; limit: said, and not possible, so the nearest that is; mood, genre, work: follows from these;
# guess: nothing says so.
How = Literal["said", "limit", "mood", "genre", "work", "guess"]


@dataclass(frozen=True)
class Part:
    """One thing that was understood. kind: style, composer, key, metre, tempo, bars, seconds, form, chords, genre ...

    value: for people who read English and for JSON; words: as they were written.
    """

    kind: str
    value: str
    words: str = ""
    how: How = "said"


@dataclass(frozen=True)
class Near:
    """A word that is only like a name. name: what it may stand for; instead: the whole request with that name in it."""

    word: str
    name: str
    instead: str


@dataclass(frozen=True)
class Stranger:
    """Somebody, or a kind of music, that the catalogue does not have, and the nearest that it has.

    name: as it was written; called: as he is known.
    """

    name: str
    called: str
    near: Style
    is_person: bool


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """mode: "maj", "min" ... where no key is named; tempo: quarter notes a minute; seconds: `bars` are made of them.

    lessened: moods that nobody wants, "less sad".

    style is there for requests and for what is near one. instruments: what was named, as the network calls it, or "".
    """

    said: str
    sort: Sort
    style: Style | None = None
    players: Ensemble = NOBODY
    genre: str = ""
    key: Key | None = None
    mode: str | None = None
    metre: Metre | None = None
    tempo: int | None = None
    bars: int | None = None
    seconds: int | None = None
    form: Form | None = None
    chords: Progression | None = None
    temperament: str | None = None
    moods: tuple[str, ...] = ()
    lessened: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    missed: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    lacking: tuple[str, ...] = ()

    def part(self, kind: str) -> Part | None:
        """The first of a kind."""
        return next((part for part in self.parts if part.kind == kind), None)
