"""For whom a piece is: "a lullaby for my granddaughter Clara", 给女儿克拉拉, which names no Clara Schumann.

Promises: a given name behind "for", and any name behind one's relatives and friends there, is nobody's style, and
neither is missed. Not covered: a surname alone ("for Mozart"), who may be meant.
"""

from __future__ import annotations

from generator.wishes.phrases import phrase_at
from generator.wishes.scanning import Item, Scanner

GIVEN = frozenset({"for", "to", "fur", "fuer", "给", "为"})
MOST_BEFORE_A_NAME = 5  # words between "for" and the name
NOTHING = frozenset({"", "my", "our", "little", "meine", "meinen", "unsere", "unseren", "die kleine", "我 的"})


def leave_out_receivers(scanner: Scanner) -> None:
    """Take them out of what is named and of what nobody knows."""
    for item in [item for item in scanner.items if _is_given_to(scanner, item)]:
        scanner.items.remove(item)
        scanner.asides |= set(range(item.first, item.last + 1))
    for begin in (place for place, token in enumerate(scanner.tokens) if token.word in GIVEN):
        _leave_out_words(scanner, begin)


def _is_given_to(scanner: Scanner, item: Item) -> bool:
    is_given_name = item.doubtful or item.key in scanner.vocabulary.ambiguous or item.entry("byname") is not None
    is_person = item.entry("strangers") is not None or (item.meaning is not None and item.meaning.kind == "composer")
    if not (is_given_name or is_person):
        return False
    words = [token.word for token in scanner.tokens[max(0, item.first - MOST_BEFORE_A_NAME) : item.first]]
    begin = next((place for place in reversed(range(len(words))) if words[place] in GIVEN), -1)
    if begin < 0:
        return False
    relatives = scanner.vocabulary.talk["relatives"]
    is_relative = any(phrase_at(words, place, relatives) for place in range(begin + 1, len(words)))
    return is_relative or (is_given_name and " ".join(words[begin + 1 :]) in NOTHING)


def _leave_out_words(scanner: Scanner, begin: int) -> None:
    """Those from "for" to who it is, with the name behind it: "for my brother Tom"."""
    words = [token.word for token in scanner.tokens]
    behind = range(begin + 1, min(begin + MOST_BEFORE_A_NAME, len(words)))
    relatives = scanner.vocabulary.talk["relatives"]
    found = [(place, said) for place in behind if (said := phrase_at(words, place, relatives))]
    if not found:
        return
    place, relative = found[-1]
    last = place + relative.count(" ")
    if last + 1 in scanner.unknown and scanner.text.cased[scanner.tokens[last + 1].start].isupper():
        last += 1
    scanner.asides |= set(scanner.unknown) & set(range(begin, last + 1))
    scanner.unknown = [each for each in scanner.unknown if each not in scanner.asides]
