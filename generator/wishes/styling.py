"""Which style is meant, and who plays: names, ensembles, works, people and kinds of music that we do not have.

Promises: there is always a style; what contradicts it is given up, the least important first, and named. Not covered:
what a style or a genre means for key, metre, tempo and length (`joining.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import NOBODY, usual_instrumentation
from generator.catalogue.style import Style
from generator.catalogue.vocabulary import PERHAPS, Meaning
from generator.catalogue.wish import Wish
from generator.errors import BadRequest
from generator.wishes.draft import Draft, Parts
from generator.wishes.players import Named, united
from generator.wishes.scanning import Item
from generator.wishes.wishes import Stranger

SUNG_STYLES = ("song", "choral", "mass", "cantata", "madrigal", "motet", "opera", "oratorio", "requiem", "hymn")
BASSES = frozenset({"bass", "basses", "basse", "bassen"})
NOBODY_KNOWN = frozenset({"Traditional", "Anonymous"})
IN_VOICES = frozenset({"fugue", "invention", "ricercar", "prelude_and_fugue", "toccata", "canzona"})
USUAL_STYLE = "piano"  # where nobody says who plays


def _names_composer(item: Item) -> bool:
    return item.entry("byname") is not None or (
        item.meaning is not None and item.meaning.kind == "composer" and not item.doubtful
    )


def _is_certain(meaning: Meaning) -> bool:
    """Whether a form has one scoring only, as a symphony has, and a waltz has not."""
    return (
        meaning.kind == "instrumentation"
        and len({style.instrumentation for style in meaning.weights}) == 1
        and not meaning.exclusive
    )


def _attempts(named: Sequence[Named], catalogue: Catalogue) -> Iterator[list[Named]]:
    """All of it, then without what matters least, one after the other; a composer leaves his period behind."""
    left = list(named)
    yield list(left)
    for level in ("nation", "stranger", "genre", "composer", "period", "instrumentation"):
        while any(one.level == level for one in left):
            last = max(number for number, one in enumerate(left) if one.level == level)
            lost, left = left[last], left[:last] + left[last + 1 :]
            if level == "composer":
                periods = dict.fromkeys(style.period for style in lost.meaning.weights)
                yield [*left, *(_of_period(lost, period, catalogue) for period in periods)]
            if level == "stranger":
                yield from ([*left, near] for near in _countrymen(lost, left, catalogue))
            yield list(left)


def _countrymen(stranger: Named, others: Sequence[Named], catalogue: Catalogue) -> Iterator[Named]:
    """In place of the nearest of somebody whom we do not have: of his country and period, of the nearest one's, others.

    Where players are named, only who wrote for such.
    """
    periods = {style.period for style in stranger.meaning.weights}
    players = [player for one in others for player in one.meaning.players]
    usual = usual_instrumentation(tuple(players)) if players else None
    able = [style for style in catalogue.styles if style.period in periods and usual in (None, style.instrumentation)]
    nations = [meaning for meaning in catalogue.lexicon.meanings.values() if meaning.kind == "nation"]
    own = [nation for nation in nations if nation.label.text == stranger.nation]
    near = [nation for nation in nations if any(style in nation.weights for style in stranger.meaning.weights)]
    for group in (own, near):
        styles = {style: 1.0 for style in able if any(style in nation.weights for nation in group)}
        if styles:
            yield replace(stranger, meaning=Meaning("period", stranger.meaning.label, styles))
    if able:
        yield replace(stranger, meaning=Meaning("period", stranger.meaning.label, dict.fromkeys(able, 1.0)))


def _of_period(person: Named, period: str, catalogue: Catalogue) -> Named:
    styles = {style: 1.0 for style in catalogue.styles if style.period == period}
    return Named(Meaning("period", person.meaning.label, styles), "", "period")


@dataclass
class Styling:
    """tables: those of meanings.toml; generic: ensembles that say only how many ("trio"), in plain letters.

    Behind `wish()`: parts: what was understood; strangers: whom the catalogue does not have; excluded, lacking, apart:
    words of what nobody wants, of instruments that we do not have, of what was given up; genre: the first one named.
    """

    draft: Draft
    catalogue: Catalogue
    tables: Mapping[str, Any]
    generic: frozenset[str]
    parts: Parts
    strangers: list[Stranger] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    apart: tuple[str, ...] = ()
    genre: str = ""
    has_scoring_behind: bool = False

    def wish(self) -> Wish:
        """Which style, who plays. To be called once: what is noted on the way is noted then."""
        banned = self._banned()
        wish = self._fit(self._named(), banned)
        nobody = {player for item in self.draft.unwanted if item.meaning is not None for player in item.meaning.players}
        return Wish(wish.style, tuple(player for player in wish.players if player not in nobody))

    def _banned(self) -> frozenset[Style]:
        """The styles that nobody wants."""
        unwanted: set[Style] = set()
        for item in self.draft.unwanted:
            self.excluded.append(item.words)
            meaning = item.meaning
            if meaning is not None and (meaning.kind in ("composer", "period", "nation") or meaning.alone):
                unwanted.update(meaning.weights)
        self.excluded += self.draft.excluded
        return frozenset(unwanted)

    def _named(self) -> list[Named]:
        named: list[Named] = []
        items = self._instead()
        has_composer = any(_names_composer(item) for item in items)
        has_players = any(item.meaning is not None and item.meaning.players for item in items)
        before: Item | None = None
        for item in items:
            if item.misspelt:
                self.parts.add("spelling", item.misspelt, item.words, "guess")
            if item.meaning is not None and not item.doubtful and not self._are_parts(item, items):
                follows = before is not None and set(range(before.last + 1, item.first)) <= self.draft.joins
                is_listed = before is not None and before.meaning is not None and bool(before.meaning.players)
                one = self._of_meaning(item, item.meaning)
                named.append(replace(one, place=item.first, follows=follows and is_listed))
            before = item
            if (genre := item.entry("genre")) is not None:
                named += self._of_genre(item, genre.id)
            named += self._of_names(item, has_composer=has_composer, has_players=has_players)
        named += [Named(meaning, "", "instrumentation") for meaning in self.draft.fronts]
        for item, meaning in self.draft.inside:
            if item in items and not has_players:
                named.append(self._of_meaning(item, meaning))
        players = [one for one in named if one.meaning.players]
        if self.draft.is_alone and len(players) == 1 and len(players[0].meaning.players) == 1:
            alone = replace(players[0], meaning=replace(players[0].meaning, solo=True))
            named = [alone if one is players[0] else one for one in named]
        return united(named, self.generic)

    def _are_parts(self, item: Item, items: Sequence[Item]) -> bool:
        """Whether "three voices" are those of a fugue, or of somebody who plays, and no singers."""
        if item.entry("size") is None:
            return False
        others = (other for other in items if other is not item)
        return any(
            (other.meaning is not None and bool(other.meaning.players))
            or any(entry.kind == "genre" and entry.id in IN_VOICES for entry in other.entries)
            for other in others
        )

    def _instead(self) -> list[Item]:
        """Of "a violin concerto but for violin and piano" what stands behind the "but" says who plays."""
        items, places = self.draft.items, self.draft.but
        if not places:
            return items
        behind = [
            item for item in items if item.first > places[0] and item.meaning is not None and item.meaning.players
        ]
        self.has_scoring_behind = bool(behind)
        if not behind:
            return items
        kept = []
        for item in items:
            is_scoring = item.meaning is not None and item.meaning.kind == "instrumentation" and item.first < places[0]
            kept.append(replace(item, meaning=None) if is_scoring else item)
        return kept

    def _of_names(self, item: Item, *, has_composer: bool, has_players: bool) -> list[Named]:
        """What works, bynames, strangers and instruments that we lack bring along."""
        named: list[Named] = []
        if (work := item.entry("work")) is not None:
            self.parts.add("work", work.id, item.words)
            skip = ("composer",) * has_composer + ("instrumentation",) * (has_players or self.has_scoring_behind)
            named += self._of_words(self.tables["works"][work.id]["style"], item, "work", skip=skip)
        if (byname := item.entry("byname")) is not None:
            meanings = self.catalogue.lexicon.read(self.tables["bynames"][byname.id]["style"]).meanings
            named += [self._of_meaning(item, meaning) for meaning in meanings if item.meaning is None]
        if (foreign := item.entry("foreign_work")) is not None:
            self.parts.add("work", foreign.id, item.words)
            named += self._of_stranger(item, "strangers", self.tables["foreign_works"][foreign.id]["who"])
        for kind in ("strangers", "strange_genres"):
            if (stranger := item.entry(kind)) is not None:
                named += self._of_stranger(item, kind, stranger.id)
        if has_players:
            named = [one for one in named if one.level != "stranger" or one.meaning.kind != "instrumentation"]
        if (unwritten := item.entry("unwritten")) is not None:
            self.lacking.append(item.words)
            self.parts.add("lacking", unwritten.id, item.words)
            if near := self.tables["unwritten"][unwritten.id]["near"]:
                named += [
                    Named(meaning, "", "instrumentation") for meaning in self.catalogue.lexicon.read(near).meanings
                ]
        return named

    def _of_meaning(self, item: Item, meaning: Meaning) -> Named:
        kind = meaning.kind
        if item.key in BASSES and self._is_sung():
            meaning = replace(meaning, players=("bass",))
        if kind == "composer" and meaning.label.text in NOBODY_KNOWN:
            kind = "scoring"
        if kind == "instrumentation":
            kind = "instruments" if meaning.players or meaning.alone else "scoring"
        self.parts.add(kind, meaning.label.text, item.words)
        level = meaning.kind
        if kind == "composer" and self._is_said_closer(item, meaning):
            self.parts.all.pop()  # "Schumann (Clara, that is)"
        if level == "instrumentation" and not meaning.players and not _is_certain(meaning):
            level = "genre"
        return Named(meaning, item.words, level, item.key)

    def _is_said_closer(self, item: Item, meaning: Meaning) -> bool:
        """Whether another word says which of those who bear this name."""
        others = (other.meaning for other in self.draft.items if other is not item and other.meaning is not None)
        people = [set(other.weights) for other in others if other.kind == "composer"]
        for _, name in self.draft.entries("byname"):
            read = self.catalogue.lexicon.read(self.tables["bynames"][name]["style"]).meanings
            people += [set(one.weights) for one in read if one.kind == "composer"]
        return any(one < set(meaning.weights) for one in people)

    def _is_sung(self) -> bool:
        """Whether what is asked for is sung, so that a bass is a voice."""
        names = [name for _, name in self.draft.entries("genre")]
        styles = [f"{name} {self.tables['genres'][name].get('style', '')}".replace("_", " ") for name in names]
        choirs = [item.meaning for item in self.draft.items if item.meaning is not None and not item.meaning.players]
        sung = any(word in style.split() for style in styles for word in SUNG_STYLES)
        return sung or any(meaning.label.text in ("choral", "art song") for meaning in choirs)

    def _of_genre(self, item: Item, genre: str) -> list[Named]:
        self.genre = self.genre or genre
        self.parts.add("genre", genre, item.words)
        if item.meaning is not None and item.meaning.kind in ("instrumentation", "composer"):
            return []
        if self.draft.but and item.first < self.draft.but[0] and item.entry("work") is None and self.has_scoring_behind:
            return []
        words = self.tables["genres"][genre].get("style", genre.replace("_", " "))
        named = self._of_words(words, item, "genre")
        has_players = any(other.meaning is not None and other.meaning.players for other in self.draft.items)
        # A chant for one is for no choir.
        return [one for one in named if not (has_players and (one.meaning.players or _is_certain(one.meaning)))]

    def _of_words(self, words: str, item: Item, level: str, *, skip: Sequence[str] = ()) -> list[Named]:
        """What the catalogue makes of the words of meanings.toml."""
        meanings = [meaning for meaning in self.catalogue.lexicon.read(words).meanings if meaning.kind not in skip]
        return [
            Named(meaning, item.words, meaning.kind if level == "work" or _is_certain(meaning) else "genre", item.key)
            for meaning in meanings
        ]

    def _of_stranger(self, item: Item, kind: str, name: str) -> list[Named]:
        entry = self.tables[kind][name]
        called = item.words if entry.get("group") else entry["say"][0]  # of several people it is known who was meant
        stranger = Stranger(item.words, called, self.catalogue.find(entry["near"]), kind == "strangers")
        if stranger.called not in {each.called for each in self.strangers}:
            self.strangers.append(stranger)
        return [
            Named(meaning, item.words, "stranger", item.key, nation=entry.get("nation", ""))
            for meaning in self.catalogue.lexicon.read(entry["near"]).meanings
        ]

    def _fit(self, named: list[Named], banned: frozenset[Style]) -> Wish:
        """What all of it allows; else with less and less of it."""
        named = list(dict.fromkeys(named))
        if any(one.level == "composer" for one in named):  # "Bach as Wagner would": there is somebody whom we have
            named = [one for one in named if one.level != "stranger"]
        for attempt in _attempts(named, self.catalogue):
            wish = self._try(attempt, banned)
            if wish is not None:
                self._say_left_out(named, attempt)
                return wish
        usual = [*self.catalogue.suggest(USUAL_STYLE, len(self.catalogue.styles)), *self.catalogue.popular()]
        style = next((style for style in usual if style not in banned), usual[0])
        self.parts.add("style", style.name, "", "guess")
        return Wish(style, NOBODY)

    def _try(self, attempt: Sequence[Named], banned: frozenset[Style]) -> Wish | None:
        """As they are; and with instruments that are an instrumentation by themselves as players, who need no style."""
        meanings = [one.meaning for one in attempt]
        if not meanings:
            return None
        as_players = [
            replace(meaning, alone=False) if meaning.alone and meaning.players else meaning for meaning in meanings
        ]
        variants = [meanings, as_players] if as_players != meanings else [meanings]
        if any(one.level == "composer" for one in attempt):  # he may have written for others only
            anywhere = dict.fromkeys(self.catalogue.styles, PERHAPS)
            variants.append(
                [
                    replace(meaning, alone=False, exclusive=False, weights=anywhere, favourites=())
                    if meaning.players
                    else meaning
                    for meaning in meanings
                ]
            )
        for tried in variants:
            try:
                wish = self.catalogue.wish_for(tried, without=banned)
            except BadRequest:
                wish = None
            if wish is not None:
                return wish
        return None

    def _say_left_out(self, named: list[Named], kept: Sequence[Named]) -> None:
        words = {one.words for one in kept}
        lost = [one.words for one in named if one not in kept and one.level != "stranger" and one.words not in words]
        self.apart = tuple(dict.fromkeys(filter(None, lost)))
