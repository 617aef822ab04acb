"""config/bars.json: a few bars by people beside as many by the network, for guessing which is which.

What is taken from people is CC0 or in the public domain, and says where it comes from. Both are cut from the beginning
of a piece of the same style, key and metre, and brought into the same plain form: notes, rests and ties. Directions,
dynamics, slurs, ornaments, repeats, titles, tempo and fingerings go, parts are named alike, all is beamed by the metre.
Promises: every bar is as long as its metre says in every voice, and nothing changes key, metre or clef inside; what
cannot be brought into that form is passed over. Not covered: how the page looks (`renderers`), and who guesses what.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from config.settings import Settings
from generator.catalogue.catalogue import Catalogue, load_catalogue
from generator.catalogue.ranges import find_range
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.errors import GeneratorError, NotationError
from generator.finishing.seen_rests import show_rests
from generator.finishing.slurs import mend_slurs_and_ties
from generator.notation import (
    BarChecker,
    TokenKind,
    Tune,
    VoiceBar,
    beam_by_metre,
    check_bars,
    complete_rests,
    cut_bars,
    parse_key,
    parse_tune,
    read_metre_field,
    staves_of,
    strip_countdown,
)
from generator.notation.rests import bar_length
from generator.notation.tokens import Token, without_texts
from generator.onward.brought import bring
from generator.request import Finished, Request, sampling_for
from generator.training.corpus import NOBODY, Row, load_rows

BARS_FILE = Path(__file__).parents[3] / "config" / "bars.json"
FREE = ("cc0", "public domain")
STAVES = {"Keyboard": (2,), "Choral": (2, 4), "Art Song": (3,)}  # instrumentations, and how many staves each has
BARS = 4
COMPOSED_BARS = 6  # so that what is cut off does not end as a piece does
LEAST_NOTES, MOST_CHARS = 14, 900
MOST_VOICES = 6
OF_A_COMPOSER = 3  # rounds at most in each of their styles
LEAST_TAUGHT = 10  # pieces of a style that the network knows
ROUNDS = 120  # a little more than a season
TRIES, TOGETHER = 3, 8
SEED = 20261130
PACE = "1/4=92"  # the same for all
_DROPPED = {
    *(TokenKind.QUOTED, TokenKind.DECORATION, TokenKind.GRACE, TokenKind.SLUR_OPEN, TokenKind.SLUR_CLOSE),
    *(TokenKind.BAR, TokenKind.SPACE),
}
_REFUSED = {TokenKind.FIELD, TokenKind.OVERLAY, TokenKind.OTHER, TokenKind.BROKEN}
_KEPT_LINES = ("%%score", "L:", "M:", "K:")
_IN_A_CHORD = re.compile(r"[.~HLMOPSTuv()\s]")


class _NotPlain(ValueError):
    """It cannot be brought into the plain form."""


def plain_excerpt(abc: str, *, instrumentation: str) -> str:
    """The first bars in the plain form, without pickup. Raises ValueError, GeneratorError for what has none."""
    tune = complete_rests(strip_countdown(parse_tune(_beginning(abc))))
    metre = tune.header.metre
    if metre is None or len(tune.header.voices) > MOST_VOICES:
        raise _NotPlain("metre or voices")
    if len(staves_of(tune.header)) not in STAVES[instrumentation]:
        raise _NotPlain("staves")
    first = 1 if check_length(tune, 0) < metre.length else 0
    cut = cut_bars(tune, first, first + BARS - 1)
    lines = [line for line in cut.header.lines if line.startswith(_KEPT_LINES)]
    bars = tuple(replace(bar, countdown=None, lead="", voices=tuple(map(_plain, bar.voices))) for bar in cut.bars)
    header = replace(cut.header, lines=(*lines, *_voice_lines(cut, instrumentation)))
    plain = Tune(header=header.with_field("Q", PACE), bars=bars)
    plain = mend_slurs_and_ties(show_rests(beam_by_metre(plain, flagged=-1.0)))
    _check(plain, metre.length)
    return str(plain)


def _beginning(abc: str) -> str:
    """The tune header and some bars more than are needed: a line each."""
    lines = abc.splitlines()
    is_body = [line.startswith(("[V:", "[r:")) for line in lines]
    head = is_body.index(True) if True in is_body else len(lines)
    return "\n".join(lines[: head + BARS + 2]) + "\n"


def check_length(tune: Tune, bar: int) -> Fraction:
    """How long a bar is in its first voice, in whole notes."""
    return bar_length(tune.bars[bar], BarChecker(tune.header))


def _plain(voice: VoiceBar) -> VoiceBar:
    """Only notes, rests, ties and tuplets, and one barline."""
    kept: list[str] = []
    for token in voice.tokens:
        if token.kind in _REFUSED:
            raise _NotPlain(token.text)
        if token.kind in _DROPPED:
            continue
        kept.append(_plain_chord(token) if token.kind is TokenKind.CHORD else token.text)
    return VoiceBar(voice.voice, " ".join(kept).replace(" -", "-") + "|")


def _plain_chord(token: Token) -> str:
    inner, bracket, length = without_texts(token.text).rpartition("]")
    return "[" + _IN_A_CHORD.sub("", inner[1:]) + bracket + length


def _voice_lines(tune: Tune, instrumentation: str) -> Iterator[str]:
    """Named alike, whoever wrote them; singers in close score have no name. Raises _NotPlain for strange ones."""
    heads = {staff[0] for staff in staves_of(tune.header)}
    first = staves_of(tune.header)[0][0]
    has_piano = False
    for voice in tune.header.voices:
        if voice.clef not in ("treble", "alto", "tenor", "bass"):
            raise _NotPlain(voice.clef)
        name = ""
        if voice.id in heads and voice.name and instrumentation != "Choral":
            known = find_range(voice.name)
            if known is None:
                raise _NotPlain(voice.name)
            name = known.instrument.capitalize()
            if instrumentation == "Art Song":
                name = "Voice" if voice.id == first else name
                if name not in ("Piano", "Voice") or (name == "Voice" and voice.id != first):
                    raise _NotPlain(name)
            if instrumentation == "Keyboard":
                name = "" if has_piano else "Piano"
                has_piano = True
        yield f"V:{voice.id} {voice.clef}" + (f' nm="{name}"' if name else "")


def _check(tune: Tune, length: Fraction) -> None:
    """Raises _NotPlain."""
    text = str(tune)
    if check_bars(tune) or len(text) > MOST_CHARS or not text.isascii():
        raise _NotPlain("bars")
    if any(check_length(tune, bar) != length for bar in range(len(tune.bars))):
        raise _NotPlain("length")
    sounding = [voice.voice for bar in tune.bars for voice in bar.voices if voice.sounds]
    if any(not set(staff) & set(sounding) for staff in staves_of(tune.header)):
        raise _NotPlain("a staff that rests")
    if not any(voice.sounds for voice in tune.bars[0].voices):
        raise _NotPlain("it begins with a rest")
    notes = sum(
        token.kind in (TokenKind.NOTE, TokenKind.CHORD) for bar in tune.bars for v in bar.voices for token in v.tokens
    )
    if notes < LEAST_NOTES:
        raise _NotPlain("few notes")
    bring(text)


# --- making the file --------------------------------------------------------------------------------------------------


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
        async with aclosing(composer.compose(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    ours = plain_excerpt(str(event.tune), instrumentation=style.instrumentation)
                    header = parse_tune(ours).header
                    is_alike = parse_key(header.key) == request.key and header.metre == request.metre
                    is_alike &= _looks(parse_tune(ours)) == _looks(parse_tune(one["people"]))
                    ours = str(replace(parse_tune(ours), header=header.with_field("K", one["key"])))
                    return {"ours": ours, "seed": seed} if is_alike and ours != one["people"] else None
    except (ValueError, NotationError, GeneratorError):
        return None
    return None


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
