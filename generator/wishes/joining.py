"""How the parts of a wish come together: which style, who plays, and what follows for key, metre, tempo and length.

Promises: there is always a style; what contradicts it is left out and named. What was said goes before what follows
from a work, that before what a genre is like, that before a mood. Not covered: values that nothing speaks of stay None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import NOBODY
from generator.catalogue.style import Style
from generator.catalogue.vocabulary import Meaning
from generator.catalogue.wish import Wish
from generator.errors import BadRequest
from generator.notation.keys import MAX_FIFTHS, Key, key_with_fifths, names_mode, parse_key, printable_fifths
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN, Metre, parse_metre
from generator.planning.chords import parse_progression
from generator.planning.form import LEAST_BARS, Form, parse_form
from generator.wishes.grammar import MAX_BARS, Found, within
from generator.wishes.scanning import Item
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import How, Part, Stranger, Wishes

USUAL_BARS, USUAL_TEMPO = 16, 100
NO_SIZE = "0"  # "in four parts" is no length
USUAL_STYLE = "piano"  # where nobody says who plays
SLOWER, FASTER = 0.75, 1.3
COMMON_TIME = Metre(4, 4)


@dataclass
class Draft:
    """items: phrases that are wanted; unwanted: behind a "not"; found: what grammar found; fronts: of compounds and
    of what begins with an instrument; but: tokens that say "but"; is_alone: it is said
    that nobody accompanies.
    """

    said: str
    items: list[Item] = field(default_factory=list)
    unwanted: list[Item] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    fronts: list[Meaning] = field(default_factory=list)
    inside: list[tuple[Item, Meaning]] = field(default_factory=list)
    but: list[int] = field(default_factory=list)
    is_alone: bool = False

    def first(self, kind: str) -> Found | None:
        return next((found for found in self.found if found.kind == kind), None)

    def entry(self, kind: str) -> tuple[Item, str] | None:
        """The first phrase of a kind, and what it stands for."""
        return next(((item, entry.id) for item in self.items if (entry := item.entry(kind)) is not None), None)

    def entries(self, kind: str) -> list[tuple[Item, str]]:
        return [(item, entry.id) for item in self.items for entry in item.entries if entry.kind == kind]


def join(draft: Draft, catalogue: Catalogue, vocabulary: Vocabulary) -> Wishes:
    """All parts together; the sort is for whoever asks."""
    joining = _Joining(draft, catalogue, vocabulary.tables, generic=vocabulary.generic)
    joining.style()
    joining.metre()
    joining.key()
    joining.tempo()
    joining.length()
    joining.rest()
    return joining.wishes()


@dataclass(frozen=True)
class _Named:
    """A meaning and the words that have it. level: what it is given up as; key: the words in plain letters."""

    meaning: Meaning
    words: str
    level: str
    key: str = ""

    def __hash__(self) -> int:
        return hash((self.words, self.level, self.key, self.meaning.label))


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


def _united(named: list[_Named], generic: frozenset[str]) -> list[_Named]:
    """Ensembles and the instruments that are named beside them as one: "clarinet trio with cello and piano" are three.

    "Trio" alone says nothing where others than its usual players are named; where an orchestra plays, soloists belong.
    """
    if any(_is_orchestral(one.meaning) for one in named):
        return [one for one in named if not one.meaning.players]
    ensembles = [
        one
        for one in named
        if len(set(one.meaning.players)) > 1 or (len(one.meaning.players) > 1 and one.level != "composer")
    ]
    singles = [one for one in named if one.meaning.players and one not in ensembles]
    counted = Counter(player for one in singles for player in one.meaning.players)
    if not ensembles or not singles:
        return named
    loose = [one for one in ensembles if one.key in generic and not set(counted) <= set(one.meaning.players)]
    ensembles = [one for one in ensembles if one not in loose]
    named = [one for one in named if one not in loose]
    if not ensembles:
        return named
    together: Counter[str] = Counter()
    for one in ensembles:
        together |= Counter(one.meaning.players)
    together |= counted
    first = ensembles[0]
    whole = replace(first, meaning=replace(first.meaning, players=tuple(together.elements()), alone=False))
    return [whole if one is first else one for one in named if one is first or not one.meaning.players]


def _is_orchestral(meaning: Meaning) -> bool:
    orchestral = ("Orchestral", "Vocal-Orchestral")
    return (
        meaning.kind == "instrumentation"
        and not meaning.players
        and bool(meaning.weights)
        and all(style.instrumentation in orchestral for style in meaning.weights)
    )


def _attempts(named: Sequence[_Named]) -> Iterator[list[_Named]]:
    """All of it, then without what matters least, one after the other; a composer leaves his period behind."""
    left = list(named)
    yield list(left)
    for level in ("nation", "stranger", "genre", "composer", "period", "instrumentation"):
        while any(one.level == level for one in left):
            last = max(number for number, one in enumerate(left) if one.level == level)
            lost, left = left[last], left[:last] + left[last + 1 :]
            if level == "composer":
                yield [
                    *left,
                    *(_of_period(lost, period) for period in {style.period for style in lost.meaning.weights}),
                ]
            yield list(left)


def _of_period(person: _Named, period: str) -> _Named:
    from generator.catalogue.catalogue import load_catalogue

    styles = {style: 1.0 for style in load_catalogue().styles if style.period == period}
    return _Named(Meaning("period", person.meaning.label, styles), "", "period")


@dataclass
class _Joining:
    draft: Draft
    catalogue: Catalogue
    tables: dict[str, Any] | Any
    parts: list[Part] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    excluded: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    genre: str = ""
    has_scoring_behind: bool = False
    generic: frozenset[str] = frozenset()

    def _add(self, kind: str, value: object, words: str = "", how: How = "said") -> None:
        self.parts.append(Part(kind, str(value), words, how))

    # --- style and players ---------------------------------------------------------------------------------------

    def style(self) -> None:
        """Which style, who plays."""
        banned = self._banned()
        named = self._named()
        wish = self._fit(named, banned)
        nobody = {player for item in self.draft.unwanted if item.meaning is not None for player in item.meaning.players}
        self.values["style"] = wish.style
        self.values["players"] = tuple(player for player in wish.players if player not in nobody)

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

    def _named(self) -> list[_Named]:
        named: list[_Named] = []
        items = self._instead()
        has_composer = any(_names_composer(item) for item in items)
        has_players = any(item.meaning is not None and item.meaning.players for item in items)
        for item in items:
            if item.misspelt:
                self._add("spelling", item.misspelt, item.words, "guess")
            if item.meaning is not None and not item.doubtful:
                named.append(self._of_meaning(item, item.meaning))
            if (genre := item.entry("genre")) is not None:
                named += self._of_genre(item, genre.id)
            named += self._of_names(item, has_composer=has_composer, has_players=has_players)
        named += [_Named(meaning, "", "instrumentation") for meaning in self.draft.fronts]
        for item, meaning in self.draft.inside:
            if item in items and not has_players:
                named.append(self._of_meaning(item, meaning))
        players = [one for one in named if one.meaning.players]
        if self.draft.is_alone and len(players) == 1 and len(players[0].meaning.players) == 1:
            alone = replace(players[0], meaning=replace(players[0].meaning, solo=True))
            named = [alone if one is players[0] else one for one in named]
        return _united(named, self.generic)

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

    def _of_names(self, item: Item, *, has_composer: bool, has_players: bool) -> list[_Named]:
        """What works, bynames, strangers and instruments that we lack bring along."""
        named: list[_Named] = []
        if (work := item.entry("work")) is not None:
            self._add("work", work.id, item.words)
            skip = ("composer",) * has_composer + ("instrumentation",) * (has_players or self.has_scoring_behind)
            named += self._of_words(self.tables["works"][work.id]["style"], item, "work", skip=skip)
        if (byname := item.entry("byname")) is not None:
            meanings = self.catalogue.lexicon.read(self.tables["bynames"][byname.id]["style"]).meanings
            named += [self._of_meaning(item, meaning) for meaning in meanings if item.meaning is None]
        if (foreign := item.entry("foreign_work")) is not None:
            self._add("work", foreign.id, item.words)
            named += self._of_stranger(item, "strangers", self.tables["foreign_works"][foreign.id]["who"])
        for kind in ("strangers", "strange_genres"):
            if (stranger := item.entry(kind)) is not None:
                named += self._of_stranger(item, kind, stranger.id)
        if has_players:
            named = [one for one in named if one.level != "stranger" or one.meaning.kind != "instrumentation"]
        if (unwritten := item.entry("unwritten")) is not None:
            self.lacking.append(item.words)
            self._add("lacking", unwritten.id, item.words)
            if near := self.tables["unwritten"][unwritten.id]["near"]:
                named += [
                    _Named(meaning, "", "instrumentation") for meaning in self.catalogue.lexicon.read(near).meanings
                ]
        return named

    def _of_meaning(self, item: Item, meaning: Meaning) -> _Named:
        kind = meaning.kind
        if kind == "instrumentation":
            kind = "instruments" if meaning.players or meaning.alone else "scoring"
        self._add(kind, meaning.label.text, item.words)
        level = meaning.kind
        if level == "instrumentation" and not meaning.players and not _is_certain(meaning):
            level = "genre"
        return _Named(meaning, item.words, level, item.key)

    def _of_genre(self, item: Item, genre: str) -> list[_Named]:
        self.genre = self.genre or genre
        self._add("genre", genre, item.words)
        if item.meaning is not None and item.meaning.kind in ("instrumentation", "composer"):
            return []
        if self.draft.but and item.first < self.draft.but[0] and item.entry("work") is None and self.has_scoring_behind:
            return []
        words = self.tables["genres"][genre].get("style", genre.replace("_", " "))
        return self._of_words(words, item, "genre")

    def _of_words(self, words: str, item: Item, level: str, *, skip: Sequence[str] = ()) -> list[_Named]:
        """What the catalogue makes of the words of meanings.toml."""
        meanings = [meaning for meaning in self.catalogue.lexicon.read(words).meanings if meaning.kind not in skip]
        return [
            _Named(meaning, item.words, meaning.kind if level == "work" or _is_certain(meaning) else "genre", item.key)
            for meaning in meanings
        ]

    def _of_stranger(self, item: Item, kind: str, name: str) -> list[_Named]:
        entry = self.tables[kind][name]
        stranger = Stranger(item.words, entry["say"][0], self.catalogue.find(entry["near"]), kind == "strangers")
        if stranger.called not in {each.called for each in self.strangers}:
            self.strangers.append(stranger)
        return [
            _Named(meaning, item.words, "stranger", item.key)
            for meaning in self.catalogue.lexicon.read(entry["near"]).meanings
        ]

    def _fit(self, named: list[_Named], banned: frozenset[Style]) -> Wish:
        """What all of it allows; else with less and less of it."""
        named = list(dict.fromkeys(named))
        if any(one.level == "composer" for one in named):  # "Bach as Wagner would": there is somebody whom we have
            named = [one for one in named if one.level != "stranger"]
        for attempt in _attempts(named):
            wish = self._try(attempt, banned)
            if wish is not None:
                self._say_left_out(named, attempt)
                return wish
        usual = self.catalogue.suggest(USUAL_STYLE, len(self.catalogue.styles))
        style = next((style for style in usual if style not in banned), usual[0])
        self._add("style", style.name, "", "guess")
        return Wish(style, NOBODY)

    def _try(self, attempt: Sequence[_Named], banned: frozenset[Style]) -> Wish | None:
        """As they are; and with instruments that are an instrumentation by themselves as players, who need no style."""
        meanings = [one.meaning for one in attempt]
        if not meanings:
            return None
        as_players = [
            replace(meaning, alone=False) if meaning.alone and meaning.players else meaning for meaning in meanings
        ]
        for tried in (meanings, as_players) if as_players != meanings else (meanings,):
            try:
                wish = self.catalogue.wish_for(tried, without=banned)
            except BadRequest:
                wish = None
            if wish is not None:
                return wish
        return None

    def _say_left_out(self, named: list[_Named], kept: Sequence[_Named]) -> None:
        words = {one.words for one in kept}
        lost = [one.words for one in named if one not in kept and one.level != "stranger" and one.words not in words]
        self.values["apart"] = tuple(dict.fromkeys(filter(None, lost)))

    # --- metre and key -------------------------------------------------------------------------------------------

    def metre(self) -> None:
        """As said, as of the work, as of the genre."""
        found, entry = self.draft.first("metre"), self.draft.entry("metre")
        if found is not None:
            self._set("metre", found.value, found.words)
        elif entry is not None:
            self._set("metre", parse_metre(entry[1]), entry[0].words)
        else:
            for how, words, table in self._tables():
                if how in ("work", "genre") and "metre" in table:
                    self._set("metre", parse_metre(table["metre"]), words, how)
                    return

    def _tables(self) -> list[tuple[How, str, dict[str, Any]]]:
        """What follows from works, genres and moods, in this order."""
        rows: list[tuple[How, str, dict[str, Any]]] = []
        kinds: tuple[tuple[str, How, str], ...] = (
            ("work", "work", "works"),
            ("foreign_work", "work", "foreign_works"),
            ("genre", "genre", "genres"),
            ("mood", "mood", "moods"),
        )
        for kind, how, section in kinds:
            table = self.tables[section]
            rows += [(how, item.words, table[name]) for item, name in self.draft.entries(kind)]
        return rows

    def key(self) -> None:
        """As said; else a mode; else the work's."""
        found, mode = self.draft.first("key"), self.draft.entry("mode")
        work = next((row for row in self._tables() if row[0] == "work" and "key" in row[2]), None)
        moody = next((row for row in self._tables() if row[0] != "work" and "mode" in row[2]), None)
        if found is not None:
            key = found.value
            if mode is not None and not names_mode(found.words) and mode[1] != key.mode:
                key = _in_mode(key, mode[1])
            self._set("key", key, found.words, found.how)
            return
        if work is not None:
            key = parse_key(work[2]["key"])
            wanted = (
                mode[1]
                if mode is not None
                else moody[2]["mode"]
                if moody is not None and moody[0] == "mood"
                else key.mode
            )
            self._set("key", key if wanted == key.mode else _in_mode(key, wanted), work[1], "work")
            if mode is not None:
                self._add("mode", mode[1], mode[0].words)
        elif mode is not None:
            self._set("mode", mode[1], mode[0].words)
        elif moody is not None:
            self._set("mode", moody[2]["mode"], moody[1], moody[0])

    # --- tempo and length ----------------------------------------------------------------------------------------

    def tempo(self) -> None:
        """A number, a word, slower or faster than what is meant, or what a mood makes of it."""
        found, entry, compared = self.draft.first("tempo"), self.draft.entry("tempo"), self.draft.entry("compare")
        if found is not None:
            self._set("tempo", found.value, found.words, found.how)
        elif entry is not None:
            self._set("tempo", self.tables["tempos"][entry[1]], entry[0].words)
        else:
            base = next(
                (row[2]["tempo"] for row in self._tables() if row[0] in ("work", "genre") and "tempo" in row[2]), None
            )
            moody = next((row for row in self._tables() if row[0] == "mood" and "tempo" in row[2]), None)
            factor = {"slower": SLOWER, "faster": FASTER}.get(compared[1]) if compared is not None else None
            if compared is not None:
                self._add("compare", compared[1], compared[0].words)
            if factor is not None and compared is not None:
                self._set("tempo", _paced((base or USUAL_TEMPO) * factor), compared[0].words, "guess")
            elif moody is not None:
                swing = min(1.25, max(0.7, moody[2]["tempo"] / USUAL_TEMPO))
                self._set("tempo", _paced(base * swing if base else moody[2]["tempo"]), moody[1], "mood")
            elif base is not None and any(row[0] == "work" for row in self._tables()):
                self._set("tempo", base, self._tables()[0][1], "work")

    def length(self) -> None:
        """Bars, or so many as last as long as was said; a form and chords have their least."""
        found, seconds = self.draft.first("bars"), self.draft.first("seconds")
        size = next((each for each in self.draft.entries("size") if each[1] != NO_SIZE), None)
        if found is not None:
            self._set("bars", found.value, found.words, found.how)
        elif seconds is not None:
            self.values["seconds"] = seconds.value
            self._add("seconds", seconds.value, seconds.words)
            self._last(seconds.value, seconds.words)
        elif size is not None:
            self._set("bars", int(size[1]), size[0].words, "guess")

    def _last(self, seconds: int, words: str) -> None:
        """Bars for a length in time need a tempo and a metre, which are fixed with them."""
        metre = self.values.get("metre")
        tempo = self.values.get("tempo") or next(
            (row[2]["tempo"] for row in self._tables() if "tempo" in row[2]), USUAL_TEMPO
        )
        if metre is None:
            self._set("metre", COMMON_TIME, words, "guess")
            metre = COMMON_TIME
        if "tempo" not in self.values:
            self._set("tempo", tempo, words, "guess")
        quarters = float(metre.length * 4)
        self._set("bars", within(round(seconds * tempo / 60 / quarters), 1, MAX_BARS), words, "guess")

    # --- the rest ------------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Form, chords, temperament."""
        form, chords = self.draft.first("form"), self.draft.first("chords")
        named, progression = self.draft.entry("form"), self.draft.entry("progression")
        if form is not None:
            self._set("form", form.value, form.words)
        elif named is not None:
            self._set("form", parse_form(named[1]), named[0].words)
        elif (row := next((row for row in self._tables() if row[0] == "genre" and "form" in row[2]), None)) is not None:
            self._set("form", parse_form(row[2]["form"]), row[1], "genre")
        if chords is not None:
            self._set("chords", chords.value, chords.words)
        elif progression is not None:
            self._set("chords", parse_progression(self.tables["progressions"][progression[1]]), progression[0].words)
        self._fit_length()
        daring = next((row for row in self._tables() if row[0] == "mood" and "temperament" in row[2]), None)
        if daring is not None:
            self._set("temperament", daring[2]["temperament"], daring[1], "mood")
        for item, name in self.draft.entries("mood"):
            self._add("mood", name, item.words)

    def _fit_length(self) -> None:
        """A form or chords that do not fit into the bars: these grow, or if they were said the others go."""
        form, chords = self.values.get("form"), self.values.get("chords")
        least = max(_least_of(form), len(chords.bars) if chords else 1)
        bars = self.values.get("bars")
        if least <= (bars or USUAL_BARS):
            return
        if bars is None:
            self._set("bars", least, "", "guess")
            return
        for name, needs in (("form", _least_of(form)), ("chords", len(chords.bars) if chords else 1)):
            if needs > bars:
                self.values.pop(name, None)
                self.parts = [part for part in self.parts if part.kind != name]

    def _set(self, kind: str, value: Any, words: str = "", how: How = "said") -> None:
        self.values[kind] = value
        shown = value.name if isinstance(value, Key) else value
        self._add(kind, shown, words, how)

    def wishes(self) -> Wishes:
        values, apart = dict(self.values), tuple(self.values.get("apart", ()))
        values.pop("apart", None)
        return Wishes(
            said=self.draft.said,
            sort="request",
            genre=self.genre,
            moods=tuple(dict.fromkeys(name for _, name in self.draft.entries("mood"))),
            parts=tuple(self.parts),
            excluded=tuple(dict.fromkeys(self.excluded)),
            apart=apart,
            strangers=tuple(self.strangers),
            lacking=tuple(dict.fromkeys(self.lacking)),
            **values,
        )


def _paced(tempo: float) -> int:
    return within(round(tempo), TEMPO_MIN, TEMPO_MAX)


def _least_of(form: Form | None) -> int:
    return LEAST_BARS * len(form.sections) if form is not None and len(form.sections) > 1 else 1


def _in_mode(key: Key, mode: str) -> Key:
    """The same tonic in another mode; of one that cannot be printed, the one that sounds the same."""
    other = Key(key.tonic, mode)
    return other if abs(other.fifths) <= MAX_FIFTHS else key_with_fifths(printable_fifths(other.fifths), mode)
