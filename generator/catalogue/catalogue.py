"""The catalogue of styles, how free words find one, and how a piece of a style opens.

Promises: every style is a triple of period, composer and instrumentation that a network was taught; whatever is asked,
`Catalogue.find` answers with one of them or raises UnknownStyle with suggestions, always the same for the same
words; every style has an opening.
Not covered: whether the loaded weights play a style well. `Catalogue.pieces` says how many pieces ours have seen, and
`Catalogue.knows` whether these are enough to call a piece after its composer.
"""

from __future__ import annotations

import random
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from config.files import load_json, load_named_toml, load_toml
from generator.catalogue.ensembles import NOBODY, Ensemble, in_score_order
from generator.catalogue.matching import Lexicon, Reading
from generator.catalogue.openings import Opening, Openings, merge_openings
from generator.catalogue.own_styles import OwnStyles, load_own_styles, path_beside
from generator.catalogue.presets import Presets
from generator.catalogue.refusals import refuse
from generator.catalogue.style import ORCHESTRAS, Style
from generator.catalogue.vocabulary import Meaning, build_lexicon
from generator.catalogue.wish import Wish, joined, players_in
from generator.errors import BadRequest, UnknownStyle
from generator.model.published import published_in
from generator.model.sampling_settings import Sampling
from generator.notation.keys import Key
from generator.notation.limits import Metre

MAX_SUGGESTIONS = 3
# Of a style, to be known: with fewer, what comes is the manner of its period, not of its composer.
FEWEST_PIECES = 10


class Catalogue:
    """All styles. Made by `load_catalogue`.

    knows_all: the weights were taught by others, on more than our scores. lexicon: what its words mean.
    """

    def __init__(
        self,
        styles: Sequence[Style],
        *,
        lexicon: Lexicon[Meaning],
        openings: Openings,
        presets: Presets,
        knows_all: bool = False,
    ) -> None:
        self.styles, self.knows_all = tuple(styles), knows_all
        self.openings, self.presets = openings, presets
        self.lexicon = lexicon
        self._place = {style: place for place, style in enumerate(self.styles)}

    # --- from words to styles --------------------------------------------------------------------------------------

    def find(self, words: str) -> Style:
        """The style that the words mean, whoever plays: `understand`, which see."""
        return self.understand(words).style

    def understand(self, words: str) -> Wish:
        """The style that the words mean: a composer, instruments, a period or any of them together; and who plays.

        Where the words leave a choice, the style our scores cover best is taken, then the first of NotaGen's list.
        Raises UnknownStyle, which says what does not fit and which styles would, and BadRequest for too many players.
        """
        reading = self.lexicon.read(words)
        wish = self.wish_for(reading.meanings)
        if wish is None or reading.unknown:
            raise self._unknown(words, reading)
        return wish

    def wish_for(self, said: Sequence[Meaning], *, without: Container[Style] = ()) -> Wish | None:
        """The style that all of the meanings allow, and who plays; None if they allow none.

        without: styles that are not wanted. Raises BadRequest for too many players.
        """
        players = players_in(said)
        meanings = joined(said, players, self.styles)
        common = {style: weight for style, weight in _common(meanings).items() if style not in without}
        fitting = self._rank(common, meanings)
        if not fitting:
            return None
        is_solo = any(meaning.solo for meaning in meanings)
        if len(players) == 1 and not is_solo and self.openings.accompanied(fitting[0], players[0]):
            players = in_score_order([*players, "piano"])
        return Wish(fitting[0], players)

    def suggest(self, words: str, limit: int = 5) -> tuple[Style, ...]:
        """The styles that the words could mean, the likeliest first; popular ones if they mean nothing."""
        meanings = self.lexicon.read(words).meanings
        with suppress(BadRequest):  # too many players, who are refused when they are asked for
            meanings = tuple(joined(meanings, players_in(meanings), self.styles))
        return tuple((self._rank(_common(meanings), meanings) or self._nearest(meanings))[:limit])

    def check_known(self, words: str) -> None:
        """Raises UnknownStyle if none of the words is known: what `suggest` offers then would look like an answer."""
        try:
            self.find(words)
        except UnknownStyle as error:
            if error.reason == "not_known":
                raise

    def popular(self, limit: int = 5) -> tuple[Style, ...]:
        """The best covered style of each instrumentation, the best covered first."""
        listed = self._rank({style: 1.0 for style in self.styles if style.origin == "notagen"}, ())
        best = {style.instrumentation: style for style in reversed(listed)}
        return tuple(style for style in listed if best[style.instrumentation] is style)[:limit]

    def complete(self, style: Style) -> Style:
        """The catalogue's own entry for a style of which only the three lines are known, or `style` if it has none.

        Nobody's style has the names of its instrumentation all the same.
        """
        if style in self._place:
            return self.styles[self._place[style]]
        alike = (each for each in self.styles if each.instrumentation == style.instrumentation and not style.composer)
        names = {tag: ("", own) for each in alike for tag, (_, own) in each.names.items() if own}
        return replace(style, names=names) if names else style

    def _rank(self, weights: Mapping[Style, float], meanings: Sequence[Meaning]) -> list[Style]:
        """The surest first, then favourites of the forms that were named, then those of most pieces.

        Where nobody is named, composers that many people know go first: those of NotaGen's list. Orchestras come last
        where no instruments are: twenty staves are not what a composer's name alone asks for.
        """
        favourites = [composer for meaning in meanings for composer in meaning.favourites]
        kinds = {meaning.kind for meaning in meanings}
        named = "composer" in kinds

        def place(style: Style) -> tuple[float, int, bool, bool, int, int]:
            liked = favourites.index(style.composer) if style.composer in favourites else len(favourites)
            little_known = not named and style.origin != "notagen"
            unasked = "instrumentation" not in kinds and style.instrumentation in ORCHESTRAS
            return -weights[style], liked, little_known, unasked, -self.pieces(style), self._place[style]

        return sorted(weights, key=place)

    def _nearest(self, meanings: Sequence[Meaning]) -> list[Style]:
        """For words that contradict each other: the composer's other styles and the others' of the same instruments."""
        if not meanings:
            return list(self.popular())
        rows = [self._rank(meaning.weights, meanings) for meaning in sorted(meanings, key=lambda meaning: meaning.kind)]
        in_turn = dict.fromkeys(style for row in _in_turn(rows) for style in row)
        return sorted(in_turn, key=lambda style: -sum(style in meaning.weights for meaning in meanings))

    def _unknown(self, words: str, reading: Reading[Meaning]) -> UnknownStyle:
        """The error that says what is wrong with the words."""
        common = self._rank(_common(reading.meanings), reading.meanings)
        near = (common or self._nearest(reading.meanings))[:MAX_SUGGESTIONS]
        unwritten = [word for word in reading.unknown if word in self.lexicon.strangers]
        return refuse(words, reading, near=near, unwritten=unwritten)

    # --- lists to choose from, one after the other -----------------------------------------------------------------

    def periods(self) -> tuple[str, ...]:
        """All periods, NotaGen's first."""
        return tuple(dict.fromkeys(style.period for style in self.styles))

    def composers(self, period: str | None = None) -> tuple[str, ...]:
        """The composers of a period (of all, without one) by name; empty for an unknown period."""
        return tuple(sorted({style.composer for style in self.styles if period in (None, style.period)}))

    def instrumentations(self, period: str, composer: str) -> tuple[str, ...]:
        """What there is of a composer, NotaGen's first; empty for an unknown one."""
        wanted = (period, composer)
        return tuple(style.instrumentation for style in self.styles if (style.period, style.composer) == wanted)

    # --- what is known about a style -------------------------------------------------------------------------------

    def pieces(self, style: Style) -> int:
        """How many pieces of the style our training scores have. 0: only NotaGen's own weights know it."""
        return self.openings.pieces(style)

    def knows(self, style: Style) -> bool:
        """Whether the style was learnt from enough pieces; what somebody taught his own weights is his to judge."""
        return self.knows_all or style.origin == "own" or self.pieces(style) >= FEWEST_PIECES

    def offered(self, styles: Iterable[Style] | None = None) -> tuple[Style, ...]:
        """What to put before somebody who chooses: those of the styles (of all) that are known, or all if none is."""
        styles = self.styles if styles is None else tuple(styles)
        return tuple(style for style in styles if self.knows(style)) or styles

    def opening(
        self,
        style: Style,
        *,
        rng: random.Random,
        key: Key | None = None,
        metre: Metre | None = None,
        tempo: int | None = None,
        players: Ensemble = NOBODY,
    ) -> Opening:
        """A tune header for a new piece of the style. players: as `Openings.sample` takes them."""
        return self.openings.sample(style, rng=rng, key=key, metre=metre, tempo=tempo, players=players)

    def preset(self, style: Style, temperament: str | None = None) -> Sampling:
        """How daring to be: as the temperament says, or as suits the style. Raises BadRequest for an unknown name."""
        return self.presets.choose(style, temperament)


def load_catalogue(weights: Path | None = None) -> Catalogue:
    """The catalogue that config/ describes, with the styles that the weights bring along (`own_styles.py`).

    weights: as in the settings; None for those that ship. Read once for each file of styles.
    Raises CheckpointError if the styles beside the weights cannot be read.
    """
    own = path_beside(weights) if weights is not None else None
    changed_ns = own.stat().st_mtime_ns if own is not None and own.is_file() else 0
    knows_all = weights is not None and published_in(weights) is not None
    return _load_catalogue(weights if changed_ns else None, changed_ns, knows_all)


@cache
def _load_catalogue(weights: Path | None, _changed_ns: int, knows_all: bool) -> Catalogue:
    own = load_own_styles(weights)
    words = load_named_toml("words.toml")
    composers = _with_own(load_named_toml("styles.toml")["composers"], own)
    styles = _styles(composers, words["instrumentations"])
    return Catalogue(
        styles,
        lexicon=build_lexicon(styles, composers, words),
        openings=Openings(merge_openings(load_json("openings.json"), own.openings)),
        presets=Presets(load_toml("presets.toml")),
        knows_all=knows_all,
    )


def _with_own(composers: Sequence[Mapping[str, Any]], own: OwnStyles) -> list[Mapping[str, Any]]:
    """The composers' entries, and own ones; an own style of a composer who is there already goes into his entry."""
    entries = {(entry["period"], entry["name"]): dict(entry) for entry in composers}
    for mine in own.composers:
        known = entries.setdefault((mine["period"], mine["name"]), {"name": mine["name"], "period": mine["period"]})
        there = {*known.get("notagen", ()), *known.get("notabot", ())}
        known["own"] = [instrumentation for instrumentation in mine["own"] if instrumentation not in there]
        known["names"] = {**mine.get("names", {}), **known.get("names", {})}
        known["aliases"] = [*known.get("aliases", ()), *mine.get("aliases", ())]
    return list(entries.values())


def _styles(composers: Iterable[Mapping[str, Any]], instrumentations: Iterable[Mapping[str, Any]]) -> tuple[Style, ...]:
    known = {entry["name"]: entry for entry in instrumentations}
    return tuple(
        Style(
            composer["period"],
            composer["name"],
            instrumentation,
            called=composer.get("called", ""),
            family=known[instrumentation]["family"],
            names=_names(composer, known[instrumentation]),
            origin=origin,
            listed=composer.get("era", ""),
        )
        for composer in composers
        for origin in ("notagen", "notabot", "own")
        for instrumentation in composer.get(origin, ())
    )


def _names(composer: Mapping[str, Any], instrumentation: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
    """What languages call the composer and the instrumentation, by tag; "" where they have no name of their own."""
    composers, instruments = composer.get("names", {}), instrumentation.get("names", {})
    return {tag: (composers.get(tag, [""])[0], instruments.get(tag, "")) for tag in {**composers, **instruments}}


def _common(meanings: Sequence[Meaning]) -> dict[Style, float]:
    """The styles that all meanings allow, with the weights added up."""
    if not meanings:
        return {}
    shared = [style for style in meanings[0].weights if all(style in meaning.weights for meaning in meanings)]
    return {style: sum(meaning.weights[style] for meaning in meanings) for style in shared}


def _in_turn(rows: Sequence[Sequence[Style]]) -> Iterable[tuple[Style, ...]]:
    """The first of every row, then the second of every row ..."""
    longest = max(map(len, rows), default=0)
    return (tuple(row[place] for row in rows if place < len(row)) for place in range(longest))
