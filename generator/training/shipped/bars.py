"""config/bars.json: a few bars by people beside as many by the network, for guessing which is which.

What is taken from people is CC0 or in the public domain, and says where it comes from. Both are cut from the beginning
of a piece of the same style, key and metre, and brought into the same plain form (`excerpts.py`). What cannot be
brought into it is passed over. Not covered: who guesses what.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from config.settings import Settings
from generator.catalogue.catalogue import Catalogue, load_catalogue
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.errors import GeneratorError
from generator.notation import Tune, parse_key, parse_tune, read_metre_field, staves_of
from generator.request import Request, sampling_for
from generator.training.corpus import NOBODY, Row, load_rows
from generator.training.shipped.excerpts import STAVES, plain_excerpt

BARS_FILE = Path(__file__).parents[3] / "config" / "bars.json"
FREE = ("cc0", "public domain")
COMPOSED_BARS = 6  # so that what is cut off does not end as a piece does
OF_A_COMPOSER = 3  # rounds at most in each of their styles
LEAST_TAUGHT = 10  # pieces of a style that the network knows
ROUNDS = 120  # a little more than a season
TRIES, TOGETHER = 3, 8
SEED = 20261130


def by_people(rows: Iterable[Row], catalogue: Catalogue, *, rng: Random) -> Iterator[dict[str, Any]]:
    """Excerpts of free pieces in styles that the network knows, at most one of a work and so many of a style."""

    def style_of(row: Row) -> tuple[str, str, str]:
        return row["period"], row["composer"], row["instrumentation"]

    free = [row for row in rows if _is_free(row["licence"]) and row["instrumentation"] in STAVES]
    for named, of_style in groupby(sorted(free, key=style_of), key=style_of):
        style = catalogue.complete(Style(*named))
        if named[1] in NOBODY or not catalogue.knows(style) or catalogue.pieces(style) < LEAST_TAUGHT:
            continue
        yield from _of_style(list(of_style), named, rng=rng)


def _is_free(licence: str) -> bool:
    """By the word of whoever made the edition, not of a collection that found it."""
    said = licence.casefold()
    return said.startswith(FREE) and "stated" not in said


def _of_style(rows: list[Row], named: Sequence[str], *, rng: Random) -> Iterator[dict[str, Any]]:
    rng.shuffle(rows)
    works: set[str] = set()
    for row in rows:
        if len(works) >= OF_A_COMPOSER:
            return
        if row["work"] in works:
            continue
        try:
            excerpt = plain_excerpt(row["abc"], instrumentation=named[2])
            header = parse_tune(excerpt).header
            parse_key(header.key)
            read_metre_field(header.field("M") or "")
        except (ValueError, GeneratorError):
            continue
        works.add(row["work"])
        yield {
            "style": list(named),
            "key": header.key,
            "metre": header.field("M"),
            "title": row["title"],
            "source": row["source"],
            "piece": row["id"],
            "licence": row["licence"],
            "split": row["split"],
            "people": excerpt,
        }


async def beside(
    found: Sequence[dict[str, Any]], composer: Composer, catalogue: Catalogue
) -> AsyncIterator[dict[str, Any]]:
    """The same with as many bars by the network; what it does not manage in a few tries is left out."""
    for start in range(0, len(found), TOGETHER):
        some = found[start : start + TOGETHER]
        tries = [_in_some_tries(one, composer, catalogue, first=start + place) for place, one in enumerate(some)]
        for ours in await asyncio.gather(*tries):
            if ours is not None:
                yield ours


async def _in_some_tries(
    one: dict[str, Any], composer: Composer, catalogue: Catalogue, *, first: int
) -> dict[str, Any] | None:
    for attempt in range(TRIES):
        ours = await _composed(one, composer, catalogue, seed=SEED + TRIES * first + attempt)
        if ours is not None:
            return one | ours
    return None


async def _composed(
    one: dict[str, Any], composer: Composer, catalogue: Catalogue, *, seed: int
) -> dict[str, Any] | None:
    style = catalogue.complete(Style(*one["style"]))
    request = Request(
        style=style,
        seed=seed,
        bars=COMPOSED_BARS,
        key=parse_key(one["key"]),
        metre=read_metre_field(one["metre"]),
        sampling=sampling_for(catalogue, style),
        candidates=1,
    )
    try:
        piece = await composer.compose_whole(request)
        ours = parse_tune(plain_excerpt(str(piece.tune), instrumentation=style.instrumentation))
        is_alike = parse_key(ours.header.key) == request.key and ours.header.metre == request.metre
    except (ValueError, GeneratorError):
        return None
    written = str(replace(ours, header=ours.header.with_field("K", one["key"])))
    is_alike = is_alike and _looks(ours) == _looks(parse_tune(one["people"])) and written != one["people"]
    return {"ours": written, "seed": seed} if is_alike else None


def _looks(tune: Tune) -> list[tuple[str, str]]:
    """Clef and name of each staff."""
    known = {voice.id: voice for voice in tune.header.voices}
    return [(known[staff[0]].clef, known[staff[0]].name) for staff in staves_of(tune.header)]


def make_bars(corpus: Path, out: Path, *, settings: Settings, tell: Callable[[str], None], weights: str) -> None:
    """Write the file. weights: the fingerprint of those that compose."""
    catalogue = load_catalogue(settings.weights)
    rng = Random(SEED)
    found = list(by_people(load_rows(corpus), catalogue, rng=rng))
    rng.shuffle(found)
    tell(f"{len(found)} beginnings by people")

    rounds: list[dict[str, Any]] = []

    async def compose() -> None:
        async with open_composer(settings.model_copy(update={"slots": TOGETHER})) as composer:
            async for one in beside(found, composer, catalogue):
                rounds.append(one)
                _write(out, rounds, weights)
                tell(f"{len(rounds)}: {one['style'][1]}, {one['style'][2]}, {one['title']}")
                if len(rounds) == ROUNDS:
                    return

    asyncio.run(compose())
    tell(f"{len(rounds)} rounds, {out.stat().st_size / 1000:.0f} kB, in {out}")


def _write(out: Path, rounds: Sequence[dict[str, Any]], weights: str) -> None:
    """All there are so far: whoever stops it has these."""
    content = json.dumps({"weights": weights, "rounds": rounds}, ensure_ascii=False, indent=0)
    out.write_text(content + "\n", encoding="utf-8")
