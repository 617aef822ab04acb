"""The first kind of work: compose a piece, judge it, render it, write down what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.making.files import Piece
from bot.making.heading import headed
from bot.making.part_names import name_parts
from bot.making.task import Task
from bot.making.workshop import Order, Workshop, render_piece
from bot.texts import Language, has_text, join, say, style_name
from bot.texts.heard import heard_lines
from bot.texts.report import key_words
from bot.texts.titles import Named, beat_words, heard_key, pace_of, printed_pace
from generator.catalogue.catalogue import Catalogue, load_catalogue
from generator.catalogue.ensembles import named_players
from generator.catalogue.style import Style
from generator.notation import TokenKind
from generator.request import MAX_BARS, Finished, Progress, Request, sample_seed
from generator.wishes.asked import Note

STYLE_LINES = ("period", "composer", "instrumentation")
SHOWN_CHORDS_CHARS = 60
HOTTER, COOLER = 1.15, 1 / 1.15
WAYS = ("again", "hotter", "cooler", "changed")  # from one piece to the next
LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 0.4, 2.0


@dataclass(frozen=True, kw_only=True)
class Compose(Task):
    """parent: the piece it was made from with a button, and way: how, as the texts `derived` call it.

    guidance_asked: whether the person asked for guidance in so many words, who is then told if there can be none.
    notes: what was made of the person's words. genre: the dance or form that was asked for, which may be the title.
    """

    kind = "compose"

    request: Request
    parent: str | None = None
    way: str = ""
    genre: str = ""
    guidance_asked: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def bars(self) -> int:
        return self.request.bars

    def to_json(self) -> dict[str, Any]:
        return {
            "request": self.request.to_json(),
            "parent": self.parent,
            "way": self.way,
            "genre": self.genre,
            "guidance_asked": self.guidance_asked,
            "notes": [note.to_json() for note in self.notes],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            request=Request.from_json(values["request"]),
            parent=values.get("parent"),
            way=str(values.get("way") or ""),
            genre=str(values.get("genre") or ""),
            guidance_asked=bool(values.get("guidance_asked")),
            notes=tuple(Note(*map(str, note[:3])) for note in values.get("notes") or ()),
        )

    def describe(self, catalogue: Catalogue, language: Language) -> str:
        request = self.request
        parts = (
            style_name(catalogue.complete(request.style), language),
            join((name.named(language) for name in named_players(request.players)), language),
            say("count.bars", language, n=request.bars),
            key_words(request.key, language),
            str(request.metre or ""),
            beat_words(f"1/4={request.tempo}", language) if request.tempo else "",
            str(request.form or ""),
            str(request.chords or "")[:SHOWN_CHORDS_CHARS],
        )
        return " · ".join(filter(None, parts))

    def card(self, catalogue: Catalogue, language: Language) -> str:
        return "\n".join((self.describe(catalogue, language), *heard_lines(self.notes, catalogue, language)))

    def caution(self, catalogue: Catalogue, language: Language) -> str:
        style = catalogue.complete(self.request.style)
        return "" if catalogue.knows(style) else caution_words(style, catalogue.pieces(style), language)

    async def make(self, workshop: Workshop, order: Order) -> Piece:
        request = self.request.complete(workshop.catalogue)
        finished = await _compose(request, workshop, on_progress=order.on_progress)
        key, card = finished.tune.header.key, finished.card.to_json()
        pace = pace_of(finished.card.tempo, _printed_pace(finished))
        heard = heard_key(key, card)
        named = Named(genre=self.genre, metre=finished.card.metre, pace=pace, key=heard)
        title = named.title(order.language)
        return await render_piece(
            workshop.renderer,
            order,
            kind=self.kind,
            name=f"{request.style.composer_slug}_{request.style.instrumentation_slug}",
            abc=headed(name_parts(finished.abc, order.language), title=title, credit=finished.credit),
            title=title,
            credit=finished.credit,
            card=finished.card,
            timings=finished.timings,
            record={
                "key": key,
                "title_key": heard.abc if heard else None,
                "genre": self.genre,
                "pace": pace,
                "parent": self.parent,
                "way": self.way,
                "request": request.to_json(),
                "seed": request.seed,
                "plan": finished.plan.to_json(),
                "model": dict(workshop.model),
                "sampling": asdict(finished.sampling),
                "choice": finished.choice.to_json(),
                "taught": {
                    "pieces": workshop.catalogue.pieces(request.style),
                    "known": workshop.catalogue.knows(request.style),
                },
                "guidance_left_out": self.guidance_asked and not finished.sampling.guidance,
            },
        )

    @classmethod
    def how_made(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """What it was made from, what is not known of its style, and what had to be left out."""
        way = record.get("way") or "again"
        came = [say(f"derived.{way}", language, id=record["parent"])] if record.get("parent") else []
        left_out = [say("result.guidance_left_out", language)] if record.get("guidance_left_out") else []
        taught = record.get("taught") or {"known": True}
        unknown_style = [] if taught["known"] else [caution_words(_style_in(record), taught.get("pieces", 0), language)]
        return [*came, *unknown_style, *left_out]

    @classmethod
    def deed(cls, record: Mapping[str, Any], language: Language) -> str:
        way = f"tree.{record.get('way') or 'again'}"
        return say(way, language) if has_text(way) else ""

    @classmethod
    def recipe(cls, record: Mapping[str, Any], language: Language) -> Sequence[str]:
        """The seed and the sampling."""
        unknown = {"temperature": "?", "top_k": "?", "top_p": "?", "guidance": 0}
        sampling = unknown | dict(record.get("sampling") or {})
        sampling["top_k"] = sampling["top_k"] or say("result.every_character", language)
        return [say("result.recipe", language, seed=record.get("seed", "?"), **sampling)]

    @classmethod
    def buttons(cls, record: Mapping[str, Any]) -> Sequence[str]:
        return ("again", "hotter", "cooler", "card") if record.get("sampling") else ()

    # --- from one piece to the next ----------------------------------------------------------------------------------

    @classmethod
    def of_record(cls, record: Mapping[str, Any], *, parent: str) -> Self:
        """What a piece came from. Raises BadRequest or KeyError for a record that does not say."""
        drawn = {"seed": record["seed"], "sampling": record["sampling"]}  # which older records have beside the request
        asked = {"bars": min(MAX_BARS, int(record["request"].get("bars") or record["report_card"]["bars"]))}
        request, genre = Request.from_json(record["request"] | asked | drawn), str(record.get("genre") or "")
        return cls(request=request, parent=parent, genre=genre)

    def again(self) -> Self:
        """The same with a new seed."""
        return replace(self, request=replace(self.request, seed=sample_seed()), way="again")

    def warmer(self, factor: float) -> Self:
        """The same seed, more (HOTTER) or less (COOLER) daring, within what makes sense."""
        sampling = self.request.sampling
        temperature = min(HIGHEST_TEMPERATURE, max(LOWEST_TEMPERATURE, sampling.temperature * factor))
        sampling = replace(sampling, temperature=round(temperature, 2))
        return replace(self, request=replace(self.request, sampling=sampling), way="hotter" if factor > 1 else "cooler")


def caution_words(style: Style, pieces: int, language: Language) -> str:
    """What to know about a style of which too few pieces were learnt: "I know only 2 pieces ... by Debussy"."""
    composer, instruments = style.composer_in(language, short=True), style.instrumentation_in(language)
    manner = say(f"manner.{style.era}", language) if has_text(f"manner.{style.era}") else style.era
    key = "result.style_thin" if pieces else "result.style_unknown"
    return say(key, language, n=pieces, composer=composer, instruments=instruments, manner=manner)


def _style_in(record: Mapping[str, Any]) -> Style:
    request = record.get("request") or {}
    return load_catalogue().complete(Style(*(str(request.get(name, "")) for name in STYLE_LINES)))


def _printed_pace(finished: Finished) -> str:
    """The tempo word above the first bar, if there is one."""
    tokens = (token for bar in finished.tune.bars[:1] for voice in bar.voices for token in voice.tokens)
    return printed_pace([token.text for token in tokens if token.kind is TokenKind.QUOTED])


async def _compose(request: Request, workshop: Workshop, *, on_progress: Callable[[Progress], None]) -> Finished:
    async with aclosing(workshop.composer.compose(request)) as events:
        async for event in events:
            if isinstance(event, Finished):
                return event
            on_progress(event)
    raise AssertionError("a composition ends with Finished")
