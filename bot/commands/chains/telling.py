"""What a chain is like, in words, and its bars as a picture with sound.

Promises: nothing is shown of the music but the bars that are asked for. Not covered: whom it is shown.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from bot.chains.rules import SEEN_BARS, ChainPlan, turns_left
from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands.command import FileReader
from bot.store.chains import ChainView, Player, Whole
from bot.texts import Language, clean, duration, join, say, style_name
from bot.texts.report import key_words
from generator.catalogue.catalogue import Catalogue
from generator.onward.chain import Chain
from renderers.errors import RenderError
from renderers.formats import AUDIO, PAGES
from renderers.score.files import ScoreFile

REMEMBERED = 16  # drawings of bars: the same two are shown in a message and behind its button


class Drawer:
    """Draws bars, and remembers the last drawings."""

    def __init__(self, reader: FileReader | None) -> None:
        self._reader = reader
        self._drawn: OrderedDict[str, dict[str, bytes]] = OrderedDict()

    async def files(self, music: Chain, name: str, title: str) -> list[Attachment]:
        """A picture of the first page, and something to hear; less where something cannot be made."""
        abc = f"X:1\n{music.head.rstrip()}\n" + "".join(f"{bar}\n" for bar in music.bars)
        digest = hashlib.sha256(abc.encode()).hexdigest()
        if digest not in self._drawn:
            self._drawn[digest] = await self._draw(abc)
        self._drawn.move_to_end(digest)
        while len(self._drawn) > REMEMBERED:
            self._drawn.popitem(last=False)
        drawn = self._drawn[digest]
        page, sound = drawn.get(PAGES.page_ending(1)), drawn.get(AUDIO.ending)
        files = [Attachment(f"{name}.png", "picture", data=page, description=title)] if page else []
        heard = [Attachment(name + AUDIO.ending, "audio", data=sound, title=title, performer="?")] if sound else []
        return [*files, *heard]

    async def _draw(self, abc: str) -> dict[str, bytes]:
        if self._reader is None:
            return {}
        try:
            rendering = await self._reader.render_most(
                ScoreFile(name="bars", content=abc.encode()), [PAGES.name, AUDIO.name]
            )
        except RenderError:
            return {}
        return dict(rendering.files)


def chain_title(view: ChainView, language: Language) -> str:
    return say("chain.title", language, id=view.id)


def music_line(view: ChainView, catalogue: Catalogue, language: Language) -> str:
    """For example "Chopin keyboard · A minor · 3/4"."""
    music = view.music
    key = "" if music.signature is None else key_words(music.signature, language)
    return " · ".join(filter(None, (style_name(catalogue.complete(music.style), language), key, music.metre)))


def plan_line(plan: ChainPlan, language: Language) -> str:
    """How many play, how many bars each writes, and how long a turn may take."""
    return say(
        "chain.plan",
        language,
        players=say("chain.players", language, n=plan.players),
        bars=say("count.bars", language, n=plan.bars),
        rounds=say("chain.rounds", language, n=plan.rounds),
        time=duration(plan.turn_s, language),
    )


def shown_name(player: Player, language: Language) -> str:
    return clean(player.name, limit=40) or say("chain.somebody", language)


def names(players: Sequence[Player], language: Language) -> str:
    return join((shown_name(player, language) for player in players if player.state == "in"), language)


def listed(view: ChainView, catalogue: Catalogue, language: Language) -> str:
    """A chain in one line."""
    stage = say(f"chain.stage_{view.stage}", language)
    return f"{view.id} · {music_line(view, catalogue, language)} · {stage}"


def bars_of_turn(whole: Whole) -> tuple[int, int]:
    """The first and the last bar that are written now."""
    first = len(whole.view.music.bars) + 1
    return first, first + whole.view.plan.bars - 1


def bars_said(first: int, last: int) -> str:
    """For example "5–8", or "5" for one."""
    return f"{first}–{last}" if last > first else str(first)


def bars_in_all(whole: Whole) -> int:
    """How many there will be if nobody leaves or sleeps."""
    left = turns_left(whole.view.plan, whole.states, whole.counts) + (1 if whole.on is not None else 0)
    return len(whole.view.music.bars) + left * whole.view.plan.bars


def is_last_turn(whole: Whole) -> bool:
    return bars_in_all(whole) <= bars_of_turn(whole)[1]


def mine_button(view: ChainView, language: Language) -> Button:
    return Button(say("button.chain_mine", language), Action("chainmine", view.id), "primary")


async def turn_reply(whole: Whole, drawer: Drawer, catalogue: Catalogue, language: Language, *, now: float) -> Reply:
    """What whoever writes now is shown, and nobody else."""
    view, turn = whole.view, whole.on
    assert turn is not None
    first, last = bars_of_turn(whole)
    left_s = max(0.0, (view.due or now) - now)
    lines = [
        say("chain.yours", language, n=view.plan.bars, bars=bars_said(first, last)),
        music_line(view, catalogue, language),
        say("chain.seen" if view.music.bars else "chain.first_of_all", language, n=SEEN_BARS),
        *([say("chain.last_of_all", language)] if is_last_turn(whole) else []),
        say("chain.how_to_write", language, id=view.id, n=view.plan.bars),
        say("chain.time_left", language, time=duration(left_s, language)),
    ]
    number = str(turn.number)
    buttons = (
        (
            Button(say("button.chain_takes", language), Action("chaintakes", view.id, number), "primary"),
            Button(say("button.chainwrite", language), Action("chainwrite", view.id, number)),
        ),
        (Button(say("button.chain_leave", language), Action("chainleave", view.id), "danger"),),
    )
    files: Sequence[Attachment] = ()
    if view.music.bars:
        title = say("chain.last_bars", language, n=SEEN_BARS)
        files = await drawer.files(view.music.last(SEEN_BARS), f"chain_{view.id}_{turn.number}", title)
    return Reply(
        "\n".join(filter(None, lines)),
        title=chain_title(view, language),
        buttons=buttons,
        attachments=files,
        private=True,
        personal=True,
        language=language,
    )
