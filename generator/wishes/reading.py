"""From free words to `Wishes`: the door of this package.

Promises: any text is read and the same text always reads the same; no single word makes a request fail: what is not
understood is named, and what is only like a name is asked about. Not covered: sentences for people (`bot/texts`).

First what has a form of its own is taken out (`grammar.py`), then phrases that are known by a list (`scanning.py`);
then negations are looked at, and last the parts come together: what was said goes before what follows from a work, a
work before a genre, a genre before a mood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from config.letters import fold
from generator.catalogue.catalogue import Catalogue
from generator.wishes.asking import asks_for, groups, sort_of
from generator.wishes.counting import NUMERALS
from generator.wishes.draft import Draft
from generator.wishes.grammar import read_values
from generator.wishes.joining import join
from generator.wishes.misspelt import find_near
from generator.wishes.negation import negated, phrase_size
from generator.wishes.players import SINGERS
from generator.wishes.receivers import leave_out_receivers
from generator.wishes.said.taking import Taking
from generator.wishes.scanning import Item, Scanner
from generator.wishes.scenes import nearest_mood
from generator.wishes.text import Text, read_text
from generator.wishes.vocabulary import Entry, Vocabulary, load_vocabulary
from generator.wishes.weighing import asks_clearly
from generator.wishes.wishes import Part, Wishes

BUT = frozenset({"but", "aber", "但", "改", "instead", "sondern", "arranged"})
SIZED = frozenset({"recorder", "alto_sax", "soprano_sax", "tenor_sax", "baritone_sax", "trombone"})
MOST_NEAR_TOKENS = 4  # in a longer sentence of which nothing is understood a word that is like a name means nothing


def read_wishes(said: str, catalogue: Catalogue, *, is_request: bool = False, with_scenes: bool = False) -> Wishes:
    """What somebody wants. is_request: he asks for music, whatever it sounds like, as behind `/compose`.

    with_scenes: scenes that no list knows by the nearest example, where the extra is installed; takes its time.
    """
    wishes = _read(said, catalogue, is_request=is_request, with_scenes=with_scenes)
    if wishes.near and wishes.sort == "request":
        # Among words that are understood a misspelt one is taken for what it is like, and that is said.
        spelt = tuple(Part("spelling", near.name, near.word, "guess") for near in wishes.near)
        again = _read(_corrected(wishes), catalogue, is_request=is_request, with_scenes=with_scenes)
        wishes = replace(again, said=wishes.said, sort="request", parts=(*spelt, *again.parts), near=())
    return wishes


def _corrected(wishes: Wishes) -> str:
    """The words with all names as they are spelt."""
    said = wishes.said
    for near in wishes.near:
        said = said.replace(near.word, near.name, 1)
    return said


def _read(said: str, catalogue: Catalogue, *, is_request: bool, with_scenes: bool) -> Wishes:
    vocabulary = load_vocabulary()
    text = read_text(said, vocabulary.variants)
    taking = read_values(text, vocabulary)
    scanner = Scanner(text, catalogue, vocabulary)
    scanner.scan()
    leave_out_receivers(scanner)
    draft = _draft(text, taking, scanner, vocabulary)
    if with_scenes:
        _look_at_scene(draft, scanner, vocabulary, is_request=is_request)
    wishes = join(draft, catalogue, vocabulary)
    is_alone = not (draft.found or any(not item.doubtful for item in draft.items))
    near = find_near(scanner, catalogue, vocabulary, alone=is_alone)
    sort = sort_of(scanner, draft, vocabulary, is_request=is_request, near=len(near))
    asks = asks_for([token.word for token in scanner.tokens], vocabulary)
    if (
        is_alone
        and near
        and asks != "strongly"
        and sort in ("request", "unknown")
        and len(scanner.tokens) <= MOST_NEAR_TOKENS
    ):
        sort = "near"
    if sort == "request" and not asks and _is_bare_stranger(draft, vocabulary):
        sort = "near"  # "weber" alone may be anybody
    if sort == "request" and not is_request and not asks_clearly(scanner, draft, vocabulary, near):
        sort = "offer"
    missed = tuple(word for word in _missed(scanner) if word not in {one.word for one in near})
    return replace(wishes, sort=sort, near=near, missed=(*taking.unread, *missed), incomplete=tuple(taking.incomplete))


def _draft(text: Text, taking: Taking, scanner: Scanner, vocabulary: Vocabulary) -> Draft:
    """What is wanted and what is not."""
    draft = Draft(said=text.said)
    unwanted = negated(scanner, taking.found, vocabulary)
    for item in scanner.items:
        (draft.unwanted if item.first in unwanted else draft.items).append(item)
    draft.items = [item for item in draft.items if not _is_size(item, draft.items, scanner)]
    draft.items = [_work_of(item, draft.items, vocabulary) for item in draft.items]
    places = {token.start: number for number, token in enumerate(scanner.tokens)}
    for found in taking.found:
        number = next((places[start] for start in range(found.place, found.place + 40) if start in places), -1)
        if number in unwanted:
            draft.excluded.append(found.words)
        else:
            draft.found.append(found)
    draft.fronts = [meaning for item in draft.items for meaning in scanner.fronts(item)]
    for item in draft.items:
        is_cut = any(True for _ in scanner.fronts(item))
        is_bare = (
            not is_cut
            and item.meaning is not None
            and item.meaning.kind == "instrumentation"
            and not item.meaning.players
        )
        if is_bare and (inside := scanner.instrument_inside(item)) is not None:
            draft.inside.append((item, inside))
    draft.is_alone = any(phrase_size(scanner, place, vocabulary.talk["alone"]) for place in range(len(scanner.tokens)))
    joins = vocabulary.talk["joins"] | NUMERALS | {"1", "2", "3"}
    draft.joins = {place for place, token in enumerate(scanner.tokens) if token.word in joins}
    draft.but = [place for place, token in enumerate(scanner.tokens) if token.word in BUT]
    return draft


def _is_size(item: Item, items: Sequence[Item], scanner: Scanner) -> bool:
    """Whether "(soprano and alto)" stands behind recorders and says how large they are."""
    begin = scanner.text.plain.rfind("(", 0, scanner.tokens[item.first].start)
    if begin < 0 or ")" in scanner.text.plain[begin : scanner.tokens[item.first].start]:
        return False
    before = [one for one in items if one.meaning is not None and scanner.tokens[one.last].end <= begin]
    sized = bool(before) and before[-1].meaning is not None and set(before[-1].meaning.players) <= SIZED
    return sized and item.meaning is not None and bool(item.meaning.players) and set(item.meaning.players) <= SINGERS


def _look_at_scene(draft: Draft, scanner: Scanner, vocabulary: Vocabulary, *, is_request: bool) -> None:
    """Where no mood is known by name, the one that unknown words are most like, for somebody who asks for music."""
    places = scanner.unknown
    asks = is_request or asks_for([token.word for token in scanner.tokens], vocabulary) == "strongly"
    if not asks or not places or any(item.entry("mood") for item in (*draft.items, *draft.unwanted)):
        return
    first, last = places[0], places[-1]
    words = scanner.text.words(scanner.tokens[first].start, scanner.tokens[last].end)
    if (mood := nearest_mood(words, vocabulary)) is not None:
        draft.items.append(Item(first, last, words, "", (Entry("mood", mood),)))


def _work_of(item: Item, items: Sequence[Item], vocabulary: Vocabulary) -> Item:
    """The phrase as a work, where somebody of that name is named beside it: "that moonlight by Debussy"."""
    for entry in item.entries:
        if entry.kind != "work_of":
            continue
        row = vocabulary.tables["works_of"][entry.id]
        if any(_is_called(other, row["composer"]) for other in items):
            genre = tuple(each for each in item.entries if each.kind == "genre")
            return replace(item, entries=(Entry("work", row["work"]), *genre), meaning=None, doubtful=False)
    return replace(item, entries=tuple(entry for entry in item.entries if entry.kind != "work_of"))


def _is_called(item: Item, name: str) -> bool:
    meaning = item.meaning
    return meaning is not None and meaning.kind == "composer" and fold(meaning.label.text) == name


def _is_bare_stranger(draft: Draft, vocabulary: Vocabulary) -> bool:
    """Whether nothing is said but one name of somebody whom we do not have, in one word that others are called too."""
    items = draft.items
    return (
        len(items) == 1
        and not draft.found
        and items[0].entry("strangers") is not None
        and items[0].first == items[0].last == 0
        and items[0].key in vocabulary.ambiguous | vocabulary.anybody
    )


def _missed(scanner: Scanner) -> tuple[str, ...]:
    """Words that nobody knows, as they were written; neighbours together."""
    tokens = scanner.tokens
    return tuple(
        dict.fromkeys(scanner.text.words(tokens[group[0]].start, tokens[group[-1]].end) for group in groups(scanner))
    )
