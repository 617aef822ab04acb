"""`/describe`: what a piece or a file is, in words, and what to write for another one like it.

Not covered: what it sounds like. A file is read as for `/render`, and nothing is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.messages import Button, Reply, SentFile
from bot.commands.command import Context
from bot.commands.errors import NoOwnPiece
from bot.commands.files import read_sent
from bot.commands.pieces import find_piece
from bot.commands.wording import Facts
from bot.texts import Language, clean, duration, join, say, style_name
from bot.texts.report import key_words
from bot.texts.titles import beat_words, pace_of, pace_words
from generator.catalogue.style import Style
from generator.notation.keys import Key
from generator.notation.transpose import home_key

MAX_PLAYERS = 12
_FIELD = re.compile(r"^(?P<name>[MQ]):\s*(?P<value>[^\n%]*)", re.MULTILINE)
_PLAYER = re.compile(r'^V:\s*\S+.*?\b(?:nm|name)="(?P<name>[^"]+)"', re.MULTILINE)
_TEMPO = re.compile(r"(?P<beats>\d+)/(?P<unit>\d+)\s*=\s*(?P<number>\d{1,3})")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What there is to say. tempo: quarter notes a minute; players: as the score calls them."""

    heading: str
    key: Key | None
    metre: str
    tempo: int | None
    bars: int
    seconds: float | None
    players: tuple[str, ...]
    style: Style | None = None

    def lines(self, language: Language) -> list[str]:
        """For a person."""
        music = join(filter(None, (key_words(self.key, language), self.metre, self._pace(language))), language)
        length = say("count.bars", language, n=self.bars)
        if self.seconds:
            length = say("describe.length", language, bars=length, time=duration(self.seconds, language))
        players = say("describe.players", language, players=self.players) if self.players else ""
        like = say("describe.like", language, words=self._words(language)) if self.style is not None else ""
        return [line for line in (self.heading, music, length, players, like) if line]

    def _pace(self, language: Language) -> str:
        """For example "Andante (♩ = 84)"."""
        if self.tempo is None:
            return ""
        tempo = f"1/4={self.tempo}"
        pace = pace_words(pace_of(tempo), language)
        return say("result.tempo", language, pace=pace, beat=beat_words(tempo, language))

    def _words(self, language: Language) -> str:
        assert self.style is not None
        parts = (
            style_name(self.style, language),
            key_words(self.key, language),
            self.metre,
            say("count.bars", language, n=self.bars),
            f"{self.tempo} bpm" if self.tempo else "",
        )
        return ", ".join(filter(None, parts))


async def handle_describe(context: Context) -> None:
    """A file that was sent, the piece that is named, or the newest of one's own."""
    file = context.options.get("file")
    if isinstance(file, SentFile):
        await describe_file(context, file)
    else:
        await describe_piece(context, str(context.options.get("piece") or ""))


async def describe_file(context: Context, file: SentFile) -> None:
    """What a score is. Raises BotError, RenderError."""
    await _describe(context, await _of_file(context, file))


async def describe_piece(context: Context, piece_id: str, *, buttons: Sequence[Sequence[Button]] = ()) -> None:
    """What a piece is; "" for the newest of one's own. Raises NoOwnPiece, NoSuchPiece, PieceIsGone, SourceIsGone."""
    await _describe(context, await _of_piece(context, piece_id), buttons=buttons)


async def _describe(context: Context, found: Description, *, buttons: Sequence[Sequence[Button]] = ()) -> None:
    language = context.language
    text, title = "\n".join(found.lines(language)), say("describe.title", language)
    await context.reply(Reply(text, title=title, buttons=buttons, private=True, language=language))


async def _of_piece(context: Context, wanted: str) -> Description:
    store, language = context.services.store, context.language
    if wanted:
        piece = await find_piece(context, wanted)
    else:
        newest = await store.pieces.of(context.person.key, 1)
        if not newest:
            raise NoOwnPiece
        piece = newest[0]
    facts = Facts(piece.record, context.services.catalogue)
    return describe_record(facts, (await store.pieces.source(piece.id)).abc, language)


async def _of_file(context: Context, file: SentFile) -> Description:
    """Raises BotError, RenderError."""
    score = await read_sent(context, file)
    title = score.title or score.name
    return describe_score(score.abc, title, score.composer or "", bars=score.bars, language=context.language)


def describe_record(facts: Facts, abc: str, language: Language) -> Description:
    """What one of our pieces is, by its record and its tune."""
    style = facts.style if facts.style.composer else None
    key = "describe.piece" if style is None else "describe.composed"
    heading = say(key, language, id=facts.id, style=facts.style, title=facts.title(language))
    return describe_abc(abc, heading=heading, bars=facts.bars or 1, seconds=facts.seconds, style=style)


def describe_score(abc: str, title: str, composer: str, *, bars: int, language: Language) -> Description:
    """What a score from elsewhere is; composer: "" where nobody is named."""
    named = {"composer": clean(composer)} if clean(composer) else {}
    heading = say("describe.file" if named else "describe.untold", language, title=clean(title), **named)
    return describe_abc(abc, heading=heading, bars=bars)


def describe_abc(
    abc: str, *, heading: str, bars: int, seconds: float | None = None, style: Style | None = None
) -> Description:
    """What the head of a tune says."""
    fields: dict[str, str] = {}
    for found in _FIELD.finditer(abc):
        fields.setdefault(found["name"], found["value"].strip())
    tempo = _TEMPO.search(fields.get("Q", ""))
    quarters = round(int(tempo["number"]) * 4 * int(tempo["beats"]) / int(tempo["unit"])) if tempo else None
    metre = fields.get("M", "")
    return Description(
        heading=heading,
        key=home_key(abc),
        metre="" if metre == "none" else metre[:20],
        tempo=quarters,
        bars=bars,
        seconds=seconds,
        players=tuple(dict.fromkeys(clean(found["name"]) for found in _PLAYER.finditer(abc)))[:MAX_PLAYERS],
        style=style,
    )
