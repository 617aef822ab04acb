"""Options among free words: `name=value`, `name: value`, `--name value`, in any language.

Promises: a name without a value is noted as incomplete, a number that is no value as unread; of a value as many words
are taken as belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from generator.wishes.said.chords import read_chords, read_form
from generator.wishes.said.keys import KEY, read_key
from generator.wishes.said.lengths import read_bars
from generator.wishes.said.metres import read_metre
from generator.wishes.said.taking import Taking
from generator.wishes.said.tempos import read_tempo
from generator.wishes.vocabulary import alternatives

READERS: Mapping[str, Callable[[str], tuple[str, Any] | None]] = {
    "key": read_key,
    "metre": read_metre,
    "tempo": read_tempo,
    "bars": read_bars,
    "chords": read_chords,
    "form": read_form,
}


def take_options(taking: Taking) -> None:
    """All of them."""
    names = tuple(sorted(taking.vocabulary.options))
    matches = list(_options_of(names).finditer(taking.text.plain))
    for number, found in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(taking.text.plain)
        _option(taking, taking.vocabulary.options[_option_name(found)], found.start(), found.end(), end)


def _option(taking: Taking, name: str, start: int, begin: int, end: int) -> None:
    stop = re.search(r"[,;\n]", taking.text.plain[begin:end])
    if stop is not None and name != "chords":
        end = begin + stop.start()
    elif name == "chords" and (key := KEY.search(taking.text.plain, begin, end)) is not None:
        end = key.start()  # "chords: I vi ii V, D major"
    if not taking.text.plain[begin:end].strip():
        taking.incomplete.append(taking.text.take(start, begin))
        return
    reader = READERS.get(name)
    if reader is None:  # the words behind it are read as all others
        taking.text.take(start, begin)
        return
    for until in _ends(taking.text.cased, begin, end):
        value = reader(taking.text.cased[begin:until].strip().strip("\"'“”?!"))
        if value is not None:
            kind, read = value
            taking.take(kind, read, start, until)
            return
    if (number := re.match(r"\s*[\"'“]?[-−+]?\d\S*", taking.text.cased[begin:end])) is not None:
        taking.leave_unread(start, begin + number.end())
        return
    taking.text.take(start, begin)


def _ends(words: str, begin: int, end: int) -> list[int]:
    """Where a value of up to four words may end, the longest first; of the whole stretch before all others."""
    ends = [begin + found.end() for found in re.finditer(r"\S+", words[begin:end])][:64]
    return list(reversed(ends))


@cache
def _options_of(vocabulary_names: tuple[str, ...]) -> re.Pattern[str]:
    """`name=`, `name:` and `--name`, in any language."""
    latin = alternatives(tuple(name for name in vocabulary_names if name.isascii()))
    others = alternatives(tuple(name for name in vocabulary_names if not name.isascii()))
    return re.compile(
        rf"(?<![a-z])--?\s*(?P<dashed>{latin})(?:\s+|\s*[=:]\s*|$)"
        rf"|(?:(?<![a-z])(?P<latin>{latin})|(?P<other>{others}))\s*[=:]\s*"
    )


def _option_name(found: re.Match[str]) -> str:
    name = found["dashed"] or found["latin"] or found["other"]
    return re.sub(r"[\s-]+", " ", name)
