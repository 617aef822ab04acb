"""Bars of one's own for a turn of a chain: words, a file, or something hummed.

Promises: what does not fit is said with its bar and what to do, and nothing is lost; what somebody writes or hums is
shown as it would stand before it stands.
Not covered: whether bars fit (`generator.onward.offering`).
"""

from __future__ import annotations

import asyncio
import hashlib
import re

from bot.chains.rules import SEEN_BARS, How
from bot.chat.messages import Action, Ask, Button, Reply, SentFile
from bot.commands.chains.finding import chain_meant
from bot.commands.chains.telling import Drawer, chain_title, is_last_turn
from bot.commands.chains.turns import check_turn, number_in, stand
from bot.commands.command import Context
from bot.commands.errors import BarsDoNotFit, MissingOption, OtherBars
from bot.commands.files import fetch, plain_name
from bot.commands.sharing.words import check_music
from bot.errors import FileNotFetched
from bot.making.hear import listen
from bot.making.interleaved import interleave
from bot.store.chains import Turn, Whole
from bot.texts import Language, explain, say
from generator.onward.chain import Chain
from generator.onward.joins import Fault, Rule
from generator.onward.offering import NotFitting, Offered, fit_bars
from renderers.errors import InputRefused
from renderers.score.files import RECORDING, ScoreFile, kind_of
from renderers.score.hum.heard import read_as
from renderers.score.hum.metre import metre_named
from renderers.score.hum.writing import write_heard

MOST_FAULTS = 6
DIGEST_CHARS = 10
TOLD_AS = {Rule.ROOM: "length", Rule.BARLINE: "sign", Rule.SOUND: "sign"}  # rules that people need not tell apart


async def press_write(context: Context, action: Action) -> None:
    """Ask for bars in ABC."""
    whole = await chain_meant(context, named=action.target)
    turn = check_turn(context, whole, number_in(action.argument))
    language = context.language
    await context.ask(
        Ask(
            action=Action("chainwrite", whole.view.id, str(turn.number)),
            title=say("chain.write_title", language)[:45],
            label=say("chain.write_label", language, n=whole.view.plan.bars)[:45],
            prefill=_template(whole),
            is_long=True,
        )
    )


async def answer_write(context: Context, action: Action, text: str) -> None:
    """What was written for the turn."""
    whole = await chain_meant(context, named=action.target)
    turn = check_turn(context, whole, number_in(action.argument))
    await _offer_words(context, whole, turn, text)


async def handle_write(context: Context) -> None:
    """Bars in ABC, or a file: a score, or a recording of somebody who hums."""
    whole = await chain_meant(context, stages=("playing",), mine=True)
    turn = check_turn(context, whole)
    file, words = context.options.get("file"), str(context.options.get("bars") or "").strip()
    if file is not None:
        await _offer_file(context, whole, turn, file)
    elif words:
        await _offer_words(context, whole, turn, words)
    else:
        raise MissingOption(name="bars")


async def _offer_words(context: Context, whole: Whole, turn: Turn, text: str) -> None:
    music = whole.view.music
    await _offer_abc(context, whole, turn, written_abc(music, text), "words")


async def _offer_file(context: Context, whole: Whole, turn: Turn, file: SentFile) -> None:
    """Raises BotError, RenderError."""
    content = await fetch(file)
    if context.services.reader is None:
        raise FileNotFetched
    source = ScoreFile(name=plain_name(file.name), content=content)
    if kind_of(content).name != RECORDING:
        await _offer_abc(context, whole, turn, source, "file")
        return
    metre = whole.view.music.metre
    if metre_named(metre) is None:
        raise InputRefused(reason="no_recording", endings="")
    heard = read_as(await listen(source, context.services.reader), metre=metre)
    await _offer_abc(context, whole, turn, write_heard(heard), "file", any_length=True)


async def _offer_abc(
    context: Context, whole: Whole, turn: Turn, source: str | ScoreFile, how: How, *, any_length: bool = False
) -> None:
    """Shown as it would stand, with buttons. Raises BarsDoNotFit, RenderError."""
    view, language = whole.view, context.language
    read = await interleave(source, context.services.reader)
    await check_music(context, read.abc, scope=view.scope)
    try:
        offered = await asyncio.to_thread(
            fit_bars, view.music, read.abc, bars=view.plan.bars, is_last=is_last_turn(whole), any_length=any_length
        )
    except NotFitting as error:
        raise BarsDoNotFit(lines="\n".join(fault_lines(error, language))) from error
    digest = hashlib.sha256("\n".join(offered.bars).encode()).hexdigest()[:DIGEST_CHARS]
    offer = {"bars": list(offered.bars), "how": how, "digest": digest}
    await context.services.jobs.chains.offer(view.id, turn.number, person=context.person.key, offer=offer)
    await context.reply(await _preview(context, whole, turn, offered, digest))


async def _preview(context: Context, whole: Whole, turn: Turn, offered: Offered, digest: str) -> Reply:
    view, language = whole.view, context.language
    music = view.music.with_bars(offered.bars).last(SEEN_BARS + view.plan.bars if view.music.bars else view.plan.bars)
    title = say("chain.preview", language)
    files = await Drawer(context.services.reader).files(music, f"chain_{view.id}_{turn.number}_{digest[:4]}", title)
    mark = f"{turn.number}.{digest}"
    buttons = (
        Button(say("button.chain_keep", language), Action("chainkeep", view.id, mark), "primary"),
        Button(say("button.chain_drop", language), Action("chaindrop", view.id, mark)),
    )
    lines = [title, *_notes(offered, language), say("chain.keep_or_not", language)]
    return Reply(
        "\n".join(lines),
        title=chain_title(view, language),
        buttons=(buttons,),
        attachments=files,
        private=True,
        personal=True,
        language=language,
    )


def _notes(offered: Offered, language: Language) -> list[str]:
    """What was done to bring it into the chain."""
    notes = [say("chain.moved", language)] if offered.moved else []
    notes += [say("chain.alone", language)] if offered.alone else []
    if offered.cut > 0:
        notes.append(say("chain.cut", language, n=offered.cut))
    elif offered.cut < 0:
        notes.append(say("chain.filled", language, n=-offered.cut))
    return notes


async def press_keep(context: Context, action: Action) -> None:
    """What was shown stands."""
    whole, turn = await _offered(context, action)
    assert turn.offer is not None
    how: How = "file" if turn.offer.get("how") == "file" else "words"
    await stand(context, whole, turn.number, turn.offer["bars"], how)


async def press_drop(context: Context, action: Action) -> None:
    """What was shown is forgotten."""
    whole, turn = await _offered(context, action)
    await context.services.jobs.chains.offer(whole.view.id, turn.number, person=context.person.key, offer=None)
    await context.edit(
        Reply(say("chain.dropped", context.language), private=True, personal=True, language=context.language)
    )


async def _offered(context: Context, action: Action) -> tuple[Whole, Turn]:
    """Raises OtherBars for bars that are not those which were shown last."""
    number, _, digest = action.argument.partition(".")
    whole = await chain_meant(context, named=action.target)
    turn = check_turn(context, whole, number_in(number))
    if turn.offer is None or turn.offer.get("digest") != digest:
        raise OtherBars
    return whole, turn


def _template(whole: Whole) -> str:
    """Bars of rests in the form in which they may be written."""
    header = whole.view.music.header
    length = header.metre.length / header.unit if header.metre else 1
    line = "".join(f"[V:{voice.id}]z{length}|" for voice in header.voices)
    return "\n".join([line] * whole.view.plan.bars)


def written_abc(music: Chain, text: str) -> str:
    """What somebody wrote, under the header of the chain unless it has its own.

    Where a chat has made one line of several, each bar begins with the first voice.
    """
    first = re.escape(f"[V:{music.header.voices[0].id}]")
    text = re.sub(rf"(?<=[|\]])[ \t]+(?={first})", "\n", text)
    body = "\n".join(line for line in text.replace("\r", "\n").split("\n") if line.strip())
    if re.search(r"^K:", body, re.MULTILINE):
        return body if re.search(r"^X:", body, re.MULTILINE) else f"X:1\n{body}\n"
    has_voices = re.search(r"\[V:|^V:", body, re.MULTILINE)
    if has_voices:
        return f"X:1\n{music.head.rstrip()}\n{body}\n"
    fields = [line for line in music.head.split("\n") if line[:2] in ("L:", "M:", "K:")]
    return "\n".join(["X:1", *fields, body, ""])


def fault_lines(error: NotFitting, language: Language) -> list[str]:
    """What does not fit, where, and what to do."""
    if error.reason != "faults":
        return [explain(error, language) or ""]
    lines = list(dict.fromkeys(_fault_line(fault, language) for fault in error.faults))
    return lines[:MOST_FAULTS]


def _fault_line(fault: Fault, language: Language) -> str:
    named = TOLD_AS.get(fault.rule, fault.rule.name.lower())
    return say(f"chain.fault_{named}", language, bar=fault.bar + 1)
