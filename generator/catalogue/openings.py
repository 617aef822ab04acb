"""How pieces of a style open: voices, metre, key and tempo, taken from real pieces (`config/openings.json`).

Promises: every style gets a complete tune header in NotaGen's order; its voices are those of a real piece of the style,
or of the nearest styles that have pieces; piano music has two hands. What is asked is in the header, the rest is
sampled, and the same random numbers give the same.
Not covered: the music. Voices whose instrument transposes have their own key signature, which the tune body writes.

The network is not asked to write the header: left to itself it writes two basses and no treble, or a piano of one hand.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.catalogue.ensembles import NOBODY, Ensemble
from generator.catalogue.seating import Layout, seat, seats, sound_of
from generator.catalogue.style import Style
from generator.notation.keys import Key
from generator.notation.limits import Metre, read_metre_field
from generator.notation.tempos import in_beats

# Tempo where no piece says one: a moderate pace, in quarter notes a minute.
MODERATE_TEMPO = 96


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The tune header of a new piece, and what it says.

    lines: without newlines, in NotaGen's order: %%score, L, Q, M, K, V ... key: as in the K: field; metre: "3/4";
    tempo: quarter notes a minute; voices: how many V: lines.
    """

    lines: tuple[str, ...]
    key: str
    metre: str
    tempo: int
    voices: int


class Openings:
    """What the openings of real pieces have in common, by style.

    loaded: as `notabot train ship openings` writes it. "layouts": [score, [V: lines]]; "styles" by "period|composer|
    instrumentation": pieces, layouts [[number, weight]], signatures [[metre, key, tempo or null, weight]]; "families",
    the same by "period|instrumentation" and "|instrumentation"; "tempos" by "instrumentation|metre": [[tempo, weight]].
    """

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self.layouts = [Layout(score, tuple(voices)) for score, voices in loaded["layouts"]]
        self.styles, self.families, self.tempos = loaded["styles"], loaded["families"], loaded["tempos"]

    def pieces(self, style: Style) -> int:
        """How many training pieces of the style there are."""
        return int(self.styles.get(_name(style), {}).get("pieces", 0))

    def sample(
        self,
        style: Style,
        *,
        rng: random.Random,
        key: Key | None = None,
        metre: Metre | None = None,
        tempo: int | None = None,
        players: Ensemble = NOBODY,
    ) -> Opening:
        """An opening with the key, metre and tempo (quarter notes a minute) that were asked, or with likely ones.

        players: who exactly is to play, in the order of a score; nobody: those of a real piece of the style.
        """
        layout = seat(players, self._layouts_near(style), rng) if players else self._sample_layout(style, rng)
        written_metre, written_key, likely_tempo = self._sample_signature(
            style, rng, key=key.abc if key else None, metre=str(metre) if metre else None
        )
        tempo = tempo or likely_tempo or self._sample_tempo(style, written_metre, rng)
        counted = in_beats(f"1/4={tempo}", read_metre_field(written_metre))
        lines = ("L:1/8", f"Q:{counted}", f"M:{written_metre}", f"K:{written_key}", *layout.voices)
        return Opening(
            lines=(layout.score, *lines) if layout.score else lines,
            key=written_key,
            metre=written_metre,
            tempo=tempo,
            voices=len(layout.voices),
        )

    def keys(self, style: Style) -> list[tuple[str, float]]:
        """The keys of the style's pieces, or of those nearest to it, as in a K: field, with their weights."""
        weights = Counter[str]()
        for entry in self._entries(style):
            for _, key, _, weight in entry["signatures"]:
                weights[key] += weight
            if weights:
                break
        return sorted(weights.items())

    def _sample_layout(self, style: Style, rng: random.Random) -> Layout:
        number: int = _sample(next(entry["layouts"] for entry in self._entries(style) if entry["layouts"]), rng)[0]
        return self.layouts[number]

    def accompanied(self, style: Style, player: str) -> bool:
        """Whether this player, named alone, has a piano in most pieces of the style that are for him."""
        heard = Counter[tuple[str, ...]]()
        for number, weight in self.styles.get(_name(style), {}).get("layouts", ()):
            heard[tuple(taken.instrument for taken in seats(self.layouts[number]))] += weight
        sound = sound_of(player)
        return heard[sound, "piano"] > heard[sound,]

    def _layouts_near(self, style: Style) -> list[tuple[Layout, float]]:
        """All layouts; those of the style count a hundred times as much, those near it ten times."""
        weights = dict.fromkeys(range(len(self.layouts)), 0.1)
        for entry, times in zip(reversed(self._entries(style)), (1, 10, 100, 1000), strict=False):
            for number, weight in entry["layouts"]:
                weights[number] = max(weights[number], weight * times)
        return [(self.layouts[number], weight) for number, weight in weights.items()]

    def _sample_signature(
        self, style: Style, rng: random.Random, *, key: str | None, metre: str | None
    ) -> tuple[str, str, int | None]:
        """Metre, key and tempo of a real piece that has the key and metre asked; failing that, one of them."""
        signatures = next(entry["signatures"] for entry in self._entries(style) if entry["signatures"])
        for wanted in ((metre, key), (metre, None), (None, key), (None, None)):
            fitting = [
                signature
                for signature in signatures
                if wanted[0] in (None, signature[0]) and wanted[1] in (None, signature[1])
            ]
            if fitting:
                likely_metre, likely_key, tempo, _ = _sample(fitting, rng)
                # A tempo fits the metre it was written for.
                return metre or likely_metre, key or likely_key, tempo if metre in (None, likely_metre) else None
        raise AssertionError("a style without pieces takes its family's")

    def _sample_tempo(self, style: Style, metre: str, rng: random.Random) -> int:
        """A tempo for pieces whose source says none."""
        tempos = self.tempos.get(f"{style.instrumentation}|{metre}") or self.tempos.get(f"|{metre}")
        return int(_sample(tempos, rng)[0]) if tempos else MODERATE_TEMPO

    def _entries(self, style: Style) -> list[Mapping[str, Any]]:
        """What is known about the style itself, then about those nearest to it."""
        family = (f"{style.period}|{style.instrumentation}", f"|{style.instrumentation}", "|Keyboard")
        near = [self.families[name] for name in family if name in self.families]
        own = self.styles.get(_name(style))
        return [own, *near] if own else near


def merge_openings(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both, as `Openings` takes them; a style that both know opens as `more` says. Families and tempos are the base's.

    What `base` lacks of those is taken from `more`.
    """
    first = len(base["layouts"])

    def shifted(entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**entry, "layouts": [[number + first, weight] for number, weight in entry["layouts"]]}

    return {
        "layouts": [*base["layouts"], *more["layouts"]],
        "styles": {**base["styles"], **{name: shifted(entry) for name, entry in more["styles"].items()}},
        "families": {**{name: shifted(entry) for name, entry in more["families"].items()}, **base["families"]},
        "tempos": {**more["tempos"], **base["tempos"]},
    }


def _name(style: Style) -> str:
    return f"{style.period}|{style.composer}|{style.instrumentation}"


def _sample(rows: Sequence[Sequence[Any]], rng: random.Random) -> Sequence[Any]:
    """One of the rows; the last number of each is its weight."""
    return rng.choices(rows, weights=[row[-1] for row in rows])[0]
