"""What the pieces of a challenge must be, and whether one is: checked by its notes, not by what anybody says.

Promises: every demand has a finding that says what was wanted, what was found and whether it holds; what a score cannot
say (in which style somebody's own music was written) is found to be unknown, and keeps nobody out.
Not covered: words for people (`bot/commands`), and tunes that are not in interleaved form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any, Self

from generator.catalogue.ensembles import load_ensembles
from generator.catalogue.ranges import find_range, midi_pitch, note_name
from generator.critic.sounding import SoundingNote, sounding_notes
from generator.errors import NotationError
from generator.notation import Tune, parse_tune
from generator.notation.keys import read_key
from generator.notation.transpose import home_key

MOST_MOTIF_NOTES, LEAST_MOTIF_NOTES = 16, 2
MOST_BARS = 999
KEYBOARDS = frozenset({"piano", "harpsichord", "organ", "celesta"})  # as ranges call them
_MOTIF_NOTE = re.compile(r"(?P<before>[_^=]{0,2})(?P<step>[A-Ha-h])(?P<after>♯|♭|##|bb|#|b(?![,'a-hA-H]))?[,']*")
_BETWEEN = re.compile(r"[\s,;|–—-]+")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11, "H": 11}
_SHIFTS = {"^": 1, "_": -1, "=": 0, "#": 1, "##": 2, "♯": 1, "b": -1, "bb": -2, "♭": -1}
_NAME = re.compile(r'\bnm="([^"]*)"')


class NotAMotif(ValueError):
    """What was given for a motif is no row of notes."""


@dataclass(frozen=True, kw_only=True)
class Demands:
    """composer, instrumentation: of the style, as the catalogue calls them; players: ids of `config/ensembles.toml`.

    key: as `Key.abc` writes it; metre: "3/4"; least_bars, most_bars: both may be the same. motif: notes as they were
    given; it may come in any key and octave. lowest, highest: names like "C4", as it sounds. Empty: nothing demanded.
    """

    composer: str = ""
    instrumentation: str = ""
    players: tuple[str, ...] = ()
    key: str = ""
    metre: str = ""
    least_bars: int = 0
    most_bars: int = 0
    motif: str = ""
    lowest: str = ""
    highest: str = ""

    def __post_init__(self) -> None:
        if self.most_bars and self.least_bars > self.most_bars:
            raise ValueError("fewer bars at most than at least")
        if self.motif:
            steps_of_motif(self.motif)
        low, high = (midi_pitch(name) if name else None for name in (self.lowest, self.highest))
        if low is not None and high is not None and low > high:
            raise ValueError("the lowest note is above the highest")

    def to_json(self) -> dict[str, Any]:
        """Only what is demanded."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote; what another version demands besides is left out."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        if "players" in known:
            known["players"] = tuple(known["players"])
        return cls(**known)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One demand and what was found. demand: "key", "bars" ...; holds: None where nobody can tell."""

    demand: str
    wanted: str
    found: str
    holds: bool | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**{field.name: values[field.name] for field in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Music:
    """A piece, as demands look at it. abc: interleaved. style: composer and instrumentation by name, where known."""

    abc: str
    style: Mapping[str, str]

    @cached_property
    def tune(self) -> Tune | None:
        try:
            return parse_tune(self.abc)
        except NotationError:
            return None

    @cached_property
    def notes(self) -> tuple[SoundingNote, ...]:
        try:
            return tuple(sounding_notes(self.tune)) if self.tune is not None else ()
        except NotationError:
            return ()

    @property
    def bars(self) -> int:
        return len(self.tune.bars) if self.tune is not None else 0

    @property
    def metre(self) -> str:
        found = self.tune.header.field("M") if self.tune is not None else None
        return {"C": "4/4", "C|": "2/2"}.get((found or "").strip(), (found or "").strip())

    @property
    def key(self) -> str:
        try:
            found = home_key(self.abc)
        except NotationError:
            return ""
        return found.abc if found is not None else ""

    @cached_property
    def instruments(self) -> tuple[str, ...]:
        """One for each part that has a name, as ranges call it; as it is written where it is none."""
        voices = self.tune.header.voices if self.tune is not None else ()
        named = (found[1] for voice in voices if (found := _NAME.search(voice.text)))
        names = (_bare(name) for name in named if name.strip())
        return tuple(known.instrument if (known := find_range(name)) is not None else name for name in names)

    def lines(self) -> Iterable[list[SoundingNote]]:
        """What each voice sings: its highest note at each moment, without those that are only held on."""
        by_voice = sorted(self.notes, key=lambda note: (note.voice, note.start, -note.pitch))
        for _, of_voice in groupby(by_voice, key=lambda note: note.voice):
            struck = [note for note in of_voice if note.length > 0 and not note.held]
            yield [next(together) for _, together in groupby(struck, key=lambda note: note.start)]


def check(demands: Demands, music: Music) -> tuple[Finding, ...]:
    """A finding for every demand, in the order in which they are listed."""
    findings = [
        _style("composer", demands.composer, music.style.get("composer", "")),
        _instrumentation(demands, music),
        _players(demands, music),
        _plain("key", _key_name(demands.key), _key_name(music.key)),
        _plain("metre", demands.metre, music.metre),
        _bars(demands, music),
        _motif(demands, music),
        _range(demands, music),
    ]
    return tuple(finding for finding in findings if finding is not None)


def fails(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep a piece out."""
    return [finding for finding in findings if finding.holds is False]


def steps_of_motif(motif: str) -> tuple[int, ...]:
    """Semitones from note to note within an octave, 0 to 11. Raises NotAMotif."""
    pitches = []
    text = _BETWEEN.sub(" ", motif).strip()
    position = 0
    while position < len(text):
        found = _MOTIF_NOTE.match(text, position)
        if found is None:
            raise NotAMotif(motif)
        pitches.append(_pitch_class(found))
        position = found.end()
        while position < len(text) and text[position] == " ":
            position += 1
    if not LEAST_MOTIF_NOTES <= len(pitches) <= MOST_MOTIF_NOTES:
        raise NotAMotif(motif)
    return tuple((after - before) % 12 for before, after in pairwise(pitches))


def _pitch_class(found: re.Match[str]) -> int:
    shift = sum(_SHIFTS[sign] for sign in found["before"]) + _SHIFTS.get(found["after"] or "", 0)
    return (_STEPS[found["step"].upper()] + shift) % 12


def bar_of_motif(steps: Sequence[int], music: Music) -> int | None:
    """The bar, counted from 1, in which it first begins; None where it does not."""
    starts = []
    for line in music.lines():
        moves = [(after.pitch - before.pitch) % 12 for before, after in pairwise(line)]
        width = len(steps)
        starts += [
            line[start].bar + 1
            for start in range(len(moves) - width + 1)
            if tuple(moves[start : start + width]) == tuple(steps)
        ]
    return min(starts, default=None)


def _plain(demand: str, wanted: str, found: str) -> Finding | None:
    if not wanted:
        return None
    return Finding(demand=demand, wanted=wanted, found=found, holds=wanted == found)


def _style(demand: str, wanted: str, found: str) -> Finding | None:
    if not wanted:
        return None
    return Finding(demand=demand, wanted=wanted, found=found, holds=(wanted == found) if found else None)


def _instrumentation(demands: Demands, music: Music) -> Finding | None:
    wanted, found = demands.instrumentation, music.style.get("instrumentation", "")
    if not wanted or demands.players:
        return None
    if not found and wanted == "Keyboard" and music.instruments:
        is_keyboard = {name.lower() for name in music.instruments} <= KEYBOARDS
        names = ", ".join(music.instruments)
        return Finding(demand="instrumentation", wanted=wanted, found=names, holds=is_keyboard)
    return _style("instrumentation", wanted, found)


def _players(demands: Demands, music: Music) -> Finding | None:
    if not demands.players:
        return None
    players = load_ensembles().players
    wanted = [players[player].name if player in players else player for player in demands.players]
    known = [known.instrument if (known := find_range(name)) is not None else name for name in wanted]
    holds = Counter(known) == Counter(music.instruments) if music.instruments else None
    return Finding(demand="players", wanted=", ".join(wanted), found=", ".join(music.instruments), holds=holds)


def _bars(demands: Demands, music: Music) -> Finding | None:
    least, most = demands.least_bars, demands.most_bars
    if not (least or most):
        return None
    wanted = (
        f"{least}" if least == most else f"≤ {most}" if not least else f"≥ {least}" if not most else f"{least}–{most}"
    )
    holds = least <= music.bars <= (most or MOST_BARS)
    return Finding(demand="bars", wanted=wanted, found=str(music.bars), holds=holds)


def _motif(demands: Demands, music: Music) -> Finding | None:
    if not demands.motif:
        return None
    bar = bar_of_motif(steps_of_motif(demands.motif), music)
    return Finding(demand="motif", wanted=demands.motif, found=str(bar or ""), holds=bar is not None)


def _range(demands: Demands, music: Music) -> Finding | None:
    if not (demands.lowest or demands.highest):
        return None
    wanted = f"{demands.lowest or '…'}–{demands.highest or '…'}"
    pitches = [note.pitch for note in music.notes]
    if not pitches:
        return Finding(demand="range", wanted=wanted, found="", holds=False)
    low = midi_pitch(demands.lowest) if demands.lowest else min(pitches)
    high = midi_pitch(demands.highest) if demands.highest else max(pitches)
    found = f"{note_name(min(pitches))}–{note_name(max(pitches))}"
    return Finding(demand="range", wanted=wanted, found=found, holds=low <= min(pitches) and max(pitches) <= high)


def _key_name(key: str) -> str:
    return read_key(key).abc if key else ""


def _bare(name: str) -> str:
    return re.sub(r"[\s.]*(?:\b[IVX]+|\d+)\.?$", "", name.strip())
