"""What people call the styles: builds the lexicon of composers, instrumentations, forms, periods and nations.

Promises: every word of `config/styles.toml` and `config/words.toml` leads to the styles it can mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.letters import fold
from generator.catalogue.ensembles import NOBODY, Ensemble, load_ensembles, usual_instrumentation
from generator.catalogue.matching import Lexicon
from generator.catalogue.style import Named, Style

# A given name alone may mean its bearer, but a surname that sounds the same goes first: "Franz" is Robert Franz.
# A waltz is for piano if nobody says otherwise, but there are others.
SURE, PERHAPS = 1.0, 0.5


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for.

    kind: composer, instrumentation, period or nation. label: what to call it. weights: the styles it can mean and
    how surely. favourites: composers to prefer when nobody is named, the best first. players: whom it names, unless it
    is `alone`, and then means an instrumentation as a whole; solo: nobody accompanies; exclusive: no others wrote any.
    """

    kind: str
    label: Named
    weights: Mapping[Style, float]
    favourites: tuple[str, ...] = ()
    players: Ensemble = NOBODY
    alone: bool = False
    solo: bool = False
    exclusive: bool = False

    @property
    def names_players(self) -> bool:
        return bool(self.players) and not self.alone

    def or_else(self, other: Meaning) -> Meaning:
        """The meaning of a phrase that stands for both, such as a surname that two people bear."""
        both = {} if self.exclusive and other.players else dict(other.weights)
        if self.weights is not other.weights:  # which instruments mostly share, as they mean the same styles
            both.update({style: max(weight, both.get(style, 0.0)) for style, weight in self.weights.items()})
        # Of two equally sure ones the one who wrote for more: "Schumann" is Robert.
        surer = max(
            self, other, key=lambda one: (one.names_players, max(one.weights.values(), default=0), len(one.weights))
        )
        return Meaning(
            surer.kind,
            surer.label,
            both,
            (*self.favourites, *other.favourites),
            players=self.players or other.players,
            alone=self.alone or other.alone,
            solo=self.solo or other.solo,
            exclusive=self.exclusive or other.exclusive,
        )


def build_lexicon(
    styles: Iterable[Style], composers: Iterable[Mapping[str, Any]], words: Mapping[str, Any]
) -> Lexicon[Meaning]:
    """The lexicon of a catalogue. composers: the entries of styles.toml; words: what words.toml says."""
    styles = tuple(styles)
    phrases: dict[str, Meaning] = {}
    for key, meaning in _all_meanings(styles, tuple(composers), words):
        known = phrases.get(key)
        phrases[key] = known.or_else(meaning) if known and known.kind == meaning.kind else known or meaning
    variants = words["variants"]
    return Lexicon(
        {phrase: meaning for phrase, meaning in phrases.items() if meaning.weights},
        fillers=[word for several in words["fillers"].values() for word in several],
        strangers=load_ensembles().unwritten,
        exact=(words for phrase in load_ensembles().phrases if phrase.made_up for words in phrase.words),
        variants=dict(zip(variants["written"], variants["read"], strict=True)),
    )


def _all_meanings(
    styles: tuple[Style, ...], composers: tuple[Mapping[str, Any], ...], words: Mapping[str, Any]
) -> Iterator[tuple[str, Meaning]]:
    """Every phrase in plain letters with its meaning; where two kinds share a phrase, the earlier one wins."""
    yield from _in_plain_letters(_instrumentations(styles, words))
    yield from _ensembles(styles, words)
    yield from _in_plain_letters(_people(styles, composers, words))


def _in_plain_letters(phrases: Iterable[tuple[str, Meaning]]) -> Iterator[tuple[str, Meaning]]:
    return ((fold(phrase), meaning) for phrase, meaning in phrases)


def _people(
    styles: tuple[Style, ...], composers: tuple[Mapping[str, Any], ...], words: Mapping[str, Any]
) -> Iterator[tuple[str, Meaning]]:
    """Composers, periods and nations."""
    for composer in composers:
        yield from _names(styles, composer)
    for period in words["periods"]:
        meaning = _sure(
            "period", _named(period), (style for style in styles if period["name"] in (style.period, style.era))
        )
        yield from ((phrase, meaning) for phrase in (*_all_names(period), *period["say"]))
    for nation in words["nations"]:
        people = {composer["name"] for composer in composers if composer.get("nation") == nation["name"]}
        meaning = _sure("nation", _named(nation), (style for style in styles if style.composer in people))
        yield from ((phrase, meaning) for phrase in (*_all_names(nation), *nation["say"]))


def _instrumentations(styles: tuple[Style, ...], words: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for entry in words["instrumentations"]:
        name = entry["name"]
        fitting = dict.fromkeys((style for style in styles if style.instrumentation == name), SURE)
        meaning = Meaning("instrumentation", _named(entry, name.lower()), fitting, tuple(entry.get("composers", ())))
        yield from ((phrase, meaning) for phrase in (*_all_names(entry), *entry["say"]))
    for form in words["forms"]:
        meaning = _form(styles, form)
        yield from ((phrase, meaning) for phrase in (*form.get("names", {}).values(), *form["say"]))


def _form(styles: tuple[Style, ...], form: Mapping[str, Any]) -> Meaning:
    """A form means the first of its instrumentations, perhaps another; an exclusive one its composers' only."""
    composers = tuple(form["composers"])
    usual, *others = form["instrumentations"]
    weights = dict.fromkeys(others, PERHAPS) | {usual: SURE}
    wrote = [style for style in styles if style.composer in composers or not form.get("exclusive", False)]
    fitting = {style: weights[style.instrumentation] for style in wrote if style.instrumentation in weights}
    label = _named(form, form["label"])
    return Meaning("instrumentation", label, fitting, composers, exclusive=form.get("exclusive", False))


def _ensembles(styles: tuple[Style, ...], words: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """Instruments, so many of them, and ensembles with a name; a piano alone has the favourites of the keyboard."""
    favourites: dict[tuple[str, ...], tuple[str, ...]] = {
        alone: _favourites(words, usual_instrumentation(alone)) for alone in [("piano",)]
    }
    covered = {name: styles_of(styles, {name: SURE}) for name in {style.instrumentation for style in styles}}
    for phrase in load_ensembles().phrases:
        weights = covered.get(phrase.alone or usual_instrumentation(phrase.players), {})
        meaning = Meaning(
            "instrumentation",
            phrase.label,
            weights,
            favourites.get(phrase.players, ()),
            players=phrase.players,
            alone=bool(phrase.alone),
            solo=phrase.solo,
        )
        yield from ((words, meaning) for words in phrase.words)


def _favourites(words: Mapping[str, Any], instrumentation: str) -> tuple[str, ...]:
    return next(
        tuple(entry.get("composers", ())) for entry in words["instrumentations"] if entry["name"] == instrumentation
    )


def styles_of(styles: Iterable[Style], weights: Mapping[str, float]) -> dict[Style, float]:
    """The styles of these instrumentations, with their weights."""
    return {style: weights[style.instrumentation] for style in styles if style.instrumentation in weights}


def _names(styles: tuple[Style, ...], composer: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """All that one composer is called."""
    name, period = composer["name"], composer["period"]
    surname, _, given = name.partition(", ")
    own = [style for style in styles if (style.composer, style.period) == (name, period)]
    called = composer.get("called", surname)
    shown = {tag: names[0].partition(",")[0] for tag, names in composer.get("names", {}).items()}
    foreign = (name for names in composer.get("names", {}).values() for name in names)
    sure = _sure("composer", Named(called, shown), own)
    initials = _initials(given)
    full = (
        name,
        *(f"{first} {surname}" for first in (given, initials, initials.replace(" ", ""))),
        f"{surname} {initials}",
    )
    first_and_last = [f"{word} {surname}" for word in given.split()]
    for phrase in (surname, *full, *first_and_last, called, *_spellings(foreign), *composer.get("aliases", ())):
        yield phrase, sure
    perhaps = Meaning("composer", Named(called, shown), dict.fromkeys(own, PERHAPS))
    yield from ((word, perhaps) for word in given.replace("-", " ").split() if len(word) > 3)


def _initials(given: str) -> str:
    return " ".join(word[0] for word in given.replace("-", " ").split())


def _named(entry: Mapping[str, Any], text: str = "") -> Named:
    return Named(text or entry["name"], entry.get("names", {}))


def _all_names(entry: Mapping[str, Any]) -> Iterator[str]:
    """The name of an entry, in all languages."""
    yield from (entry["name"], *entry.get("names", {}).values())


def _spellings(names: Iterable[str]) -> Iterator[str]:
    """Names as they are listed and as they are spoken: "Händel, Georg" is also Händel and Georg Händel."""
    for name in names:
        surname, comma, given = name.partition(", ")
        yield from (surname, f"{given} {surname}", name) if comma else (name,)


def _sure(kind: str, label: Named, styles: Iterable[Style]) -> Meaning:
    return Meaning(kind, label, dict.fromkeys(styles, SURE))
