"""What the messages of a chain say when they are sent: who may join, whose turn it is, how it ended.

Promises: a message says what is true when it is sent; a turn that is over is asked of nobody any more, though what
became of the one before it is still told. Nothing public shows any of the music.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.chat.messages import Action, Button, Reply
from bot.commands.chains.telling import (
    Drawer,
    bars_in_all,
    bars_of_turn,
    bars_said,
    chain_title,
    mine_button,
    music_line,
    names,
    plan_line,
    shown_name,
    turn_reply,
)
from bot.commands.command import FileReader
from bot.jobs.clock import wall_clock
from bot.making.post import Post
from bot.store import Store
from bot.store.chains import ChainView, Player, Whole
from bot.texts import Language, duration, say
from generator.catalogue.catalogue import Catalogue

ENDS = ("done", "ended", "nobody", "done_empty", "ended_empty", "nobody_empty")


class ChainPoster:
    """A `bot.jobs.ports.Poster`."""

    def __init__(
        self, store: Store, catalogue: Catalogue, reader: FileReader | None, *, now: Callable[[], float] = wall_clock
    ) -> None:
        self._store, self._catalogue, self._drawer, self._now = store, catalogue, Drawer(reader), now

    async def reply(self, post: Post, language: Language) -> Reply | None:
        """As things are now."""
        whole = await self._store.chains.get(post.target.partition(".")[0])
        if whole is None:
            return None
        if post.what == "gathering":
            return gathering_reply(whole, self._catalogue, language) if whole.view.stage == "gathering" else None
        if post.what == "yours":
            is_on = whole.on is not None and whole.on.number == post.number
            if not is_on:
                return None
            language = await self._language_of(whole.writer, language)
            reply = await turn_reply(whole, self._drawer, self._catalogue, language, now=self._now())
            return replace(reply, private=False, personal=False)  # it stands where nobody else reads
        if post.what == "turn":
            return self._turn(whole, post.number, language)
        return self._end(whole, post.what, language) if post.what in ENDS else None

    def admission(self, _post: Post, reply: Reply, /, *, is_there: bool) -> Reply:
        """Said once more that something may be missing."""
        language = reply.language
        note = say("chain.follower_missing" if is_there else "chain.may_be_missing", language)
        if is_there:
            return replace(reply, text=f"{reply.text}\n{note}")
        return Reply(note, title=reply.title, buttons=reply.buttons, language=language)

    async def _language_of(self, player: Player | None, joined_in: Language) -> Language:
        """What they have chosen by now; where they chose nothing, that in which they joined."""
        if player is None or player.person is None:
            return joined_in
        return (await self._store.people.settings(player.person)).language or joined_in

    def _turn(self, whole: Whole, number: int, language: Language) -> Reply | None:
        """What became of the turn before, and whose it is now."""
        view = whole.view
        lines = [self._outcome(whole, number - 1, language)] if number > 1 else [_begins(whole, language)]
        is_on = whole.on is not None and whole.on.number == number
        if is_on:
            assert whole.writer is not None
            first, last = bars_of_turn(whole)
            lines.append(
                say(
                    "chain.turn_of",
                    language,
                    name=shown_name(whole.writer, language),
                    n=view.plan.bars,
                    bars=bars_said(first, last),
                    total=bars_in_all(whole),
                    time=duration(max(0.0, (view.due or 0.0) - self._now()), language),
                )
            )
        buttons = ((mine_button(view, language),),) if is_on else ()
        return Reply("\n".join(lines), title=chain_title(view, language), buttons=buttons, language=language)

    def _outcome(self, whole: Whole, number: int, language: Language) -> str:
        """One sentence about a turn that has ended."""
        turn = whole.turns[number - 1]
        name = shown_name(whole.players[turn.place], language)
        if turn.outcome == "written":
            bars = bars_said(turn.first, turn.first + turn.bars - 1)
            return say("chain.has_written", language, n=turn.bars, name=name, bars=bars)
        return say("chain.has_slept" if turn.outcome == "slept" else "chain.has_left", language, name=name)

    def _end(self, whole: Whole, why: str, language: Language) -> Reply:
        lines = []
        if whole.turns and whole.turns[-1].outcome in ("written", "slept", "left"):
            lines.append(self._outcome(whole, len(whole.turns), language))
        lines.append(say(f"chain.end_{why}", language))
        return Reply("\n".join(lines), title=chain_title(whole.view, language), language=language)


def gathering_reply(whole: Whole, catalogue: Catalogue, language: Language) -> Reply:
    """What is played, and how to join."""
    view = whole.view
    lines = [
        say("chain.opened", language),
        music_line(view, catalogue, language),
        plan_line(view.plan, language),
        say("chain.joined_so_far", language, names=names(whole.players, language) or "–"),
        say("chain.when_it_begins", language, n=view.plan.players),
    ]
    return Reply(
        "\n".join(lines), title=chain_title(view, language), buttons=join_buttons(view, language), language=language
    )


def join_buttons(view: ChainView, language: Language) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            Button(say("button.chain_join", language), Action("chainjoin", view.id), "primary"),
            Button(say("button.chain_begin", language), Action("chainbegin", view.id)),
            Button(say("button.chain_leave", language), Action("chainleave", view.id)),
        ),
    )


def _begins(whole: Whole, language: Language) -> str:
    playing = [player for player in whole.players if player.state == "in"]
    key = "chain.begins_alone" if len(playing) == 1 else "chain.begins"
    return say(key, language, names=names(playing, language))
