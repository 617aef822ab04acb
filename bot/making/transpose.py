"""The second kind of work: a piece that there is, in another key or with a part for another instrument.

Promises: the piece it comes from stays as it is; the new one says where it comes from, in its record, its credit and
its caption. What an instrument cannot play is said with the bars and what would help; the part is written all the same.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.making.files import Piece, what_of
from bot.making.heading import field_of, headed
from bot.making.task import Task
from bot.making.workshop import Order, Renderer, Source, Workshop, render_piece
from bot.texts import Language, has_text, join, languages, say
from bot.texts.report import key_words
from generator.catalogue.catalogue import Catalogue
from generator.critic import ReportCard, report_card
from generator.critic.range_check import VoiceRange
from generator.errors import NotationError
from generator.notation.keys import Key, read_key, tonic_at, tonic_fifths
from generator.notation.transpose import home_key
from generator.notation.tune import parse_tune
from generator.transposing.instruments import instrument_of
from generator.transposing.part import PartCheck
from generator.transposing.transposition import Transposed, Transposition, transpose
from renderers.score.abc.rows import is_interleaved

BARS_TOLD = 8


@dataclass(frozen=True, kw_only=True)
class Transpose(Task):
    """piece: the id of the one that it comes from; key: what it will sound in; length: how many bars it has."""

    kind = "transpose"

    piece: str
    way: Transposition
    key: Key | None
    length: int

    @property
    def bars(self) -> int:
        return self.length

    def to_json(self) -> dict[str, Any]:
        key = self.key.abc if self.key else None
        return {"piece": self.piece, "way": self.way.to_json(), "key": key, "length": self.length}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        key = read_key(values["key"]) if values.get("key") else None
        way = Transposition.from_json(values["way"])
        return cls(piece=str(values["piece"]), way=way, key=key, length=int(values["length"]))

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        what = _what_is_done(self.way.to_json(), language)
        key = key_words(self.key, language) if self.way.semitones or self.way.fifths else ""
        return " · ".join(filter(None, (say("transposed.piece", language, id=self.piece), what, key)))

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        order.on_step("transposing ...")
        source = await workshop.find_source(self.piece)
        return await transpose_source(source, self.way, workshop.renderer, order)

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """Where it comes from and what was done, then what its instrument makes of it."""
        done = record.get("transposed") or {}
        came = say("transposed.from", language, id=record.get("parent", "?"), what=_what_is_done(done, language))
        return [came, *part_lines(done.get("part"), language)]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        return _what_is_done(record.get("transposed") or {}, language)

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ("transpose",) if record.get("key") else ()


async def transpose_source(
    source: Source,
    way: Transposition,
    renderer: Renderer,
    order: Order,
    *,
    remarks: Sequence[Mapping[str, Any]] = (),
) -> Piece:
    """A new piece from one that there is, in a chat or in a file. remarks: what was not kept when it was read.

    Raises NotationError, RenderError.
    """
    done = await asyncio.to_thread(transpose, source.abc, way)
    record = source.record
    old = read_key(record["title_key"]) if record.get("title_key") else home_key(source.abc)
    new = _moved(old, way) if record.get("title_key") else done.key
    title = renamed(str(record.get("title") or field_of(source.abc, "T") or source.name), old, new)
    credit = _credited(str(record.get("credit") or field_of(source.abc, "C")))
    request = record.get("style") or record.get("request") or {}
    style = {name: request[name] for name in ("period", "composer", "instrumentation") if name in request}
    return await render_piece(
        renderer,
        order,
        kind=Transpose.kind,
        name=_what(str(record.get("name") or source.name)),
        abc=headed(done.abc, title=title, credit=credit),
        title=title,
        credit=credit,
        card=await asyncio.to_thread(_measure, done),
        record={
            "key": done.key.abc if done.key else "none",
            **({"title_key": new.abc if new else None} if "title_key" in record else {}),
            **{name: record[name] for name in ("genre", "pace") if name in record},
            "style": style,
            "parent": source.id,
            "transposed": {
                **way.to_json(),
                "interval": way.interval,
                "part": asdict(done.part) if done.part else None,
            },
        },
        remarks=remarks,
    )


def _measure(done: Transposed) -> ReportCard | None:
    """Only of a tune with a line for each bar; other ABC, whose lines may hold several, is not measured."""
    if not is_interleaved([line for line in done.abc.splitlines() if line.startswith("[")]):
        return None
    try:
        card = report_card(parse_tune(done.abc))
    except NotationError:
        return None
    return replace(card, ranges=tuple(_with_check(each, done.part) for each in card.ranges))


def _with_check(voice: VoiceRange, part: PartCheck | None) -> VoiceRange:
    """The range of a voice; of the part that was written, against the instrument that was asked for."""
    if part is None or voice.voice != part.voice:
        return voice
    instrument = instrument_of(part.instrument)
    return replace(
        voice,
        instrument=instrument.name or voice.instrument,
        possible_low=instrument.low,
        possible_high=instrument.high,
        notes_outside=part.notes_below + part.notes_above,
    )


def _what(name: str) -> str:
    """How the files of a piece begin, from the name of another: "chopin_keyboard"; else a plain form of the name."""
    return what_of(name) or re.sub(r"[^\w-]+", "_", name)[:60].strip("_") + "_transposed"


def _moved(key: Key | None, way: Transposition) -> Key | None:
    return Key(tonic_at(tonic_fifths(key.tonic) + way.fifths), key.mode) if key else None


def renamed(title: str, old: Key | None, new: Key | None) -> str:
    """A title that names its key names the new one, in whatever language it does."""
    if old is None or new is None:
        return title
    names = {old.name: new.name} | {key_words(old, each): key_words(new, each) for each in languages()}
    return next((title.replace(before, after) for before, after in names.items() if before in title), title)


def _credited(credit: str) -> str:
    mark = "transposed by Notabot" if "Notabot" not in credit else "transposed"
    return credit if credit.endswith("transposed") or not credit else f"{credit}, {mark}"


# --- in words --------------------------------------------------------------------------------------------------------


def _what_is_done(done: Mapping[str, Any], language: Language) -> str:
    """For example "up a minor third · part 1 for Clarinet in B♭"."""
    way = Transposition(fifths=done.get("fifths", 0), semitones=done.get("semitones", 0))
    parts = []
    if way.interval:
        direction = "down" if way.semitones < 0 else "up"
        parts.append(say(f"transposed.{direction}", language, interval=interval_words(way, language)))
    if done.get("instrument"):
        voice, instrument = done.get("voice") or "1", instrument_words(done["instrument"], language)
        parts.append(say("transposed.part", language, voice=voice, instrument=instrument))
    return " · ".join(parts)


def interval_words(way: Transposition, language: Language) -> str:
    """For example "a minor third"; in semitones where it has no common name."""
    key = f"interval.{way.interval}"
    return say(key, language) if has_text(key) else say("count.semitones", language, n=abs(way.semitones))


def instrument_words(instrument: str, language: Language) -> str:
    """Its name in the language; as it is for one that has none."""
    key = f"instrument.{instrument}"
    return say(key, language) if has_text(key) else instrument


def part_lines(part: Mapping[str, Any] | None, language: Language) -> list[str]:
    """What the instrument makes of its part: what is too low, too high, or too much at once, and what would help."""
    if not part:
        return []
    instrument = instrument_words(part["instrument"], language)
    lines = [
        say(f"transposed.{what}", language, n=part[f"notes_{what}"], bars=bars_words(part[what], language))
        for what in ("below", "above")
        if part[what]
    ]
    if part["chords"]:
        lines.append(
            say("transposed.chords", language, n=len(part["chords"]), bars=bars_words(part["chords"], language))
        )
    if not lines:
        return [say("transposed.fits", language, instrument=instrument)]
    lines[0] = say("transposed.trouble", language, instrument=instrument, what=lines[0])
    if part["ways"] or part["others"]:
        lines.append(_help_words(part, language))
    return [" ".join(lines)]


def _help_words(part: Mapping[str, Any], language: Language) -> str:
    others = [instrument_words(other, language) for other in part["others"]]
    if not part["ways"]:
        return say("transposed.help_others", language, others=others)
    if not others:
        return say("transposed.help_way", language, way=part["ways"][0])
    return say("transposed.help_both", language, way=part["ways"][0], others=others)


def bars_words(bars: Sequence[int], language: Language) -> str:
    """The numbers of bars, the first few of many."""
    told = join([str(bar) for bar in bars[:BARS_TOLD]], language)
    return f"{told} …" if len(bars) > BARS_TOLD else told
