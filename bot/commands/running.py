"""The three doors through which platforms come: a command, a button, an autocomplete field; and recall by a message.

Promises: access is checked first; nothing but CancelledError is ever raised; what goes wrong is said in one private
sentence with a next step, and never as a traceback; each call is counted in the log without what was written.
Not covered: the platform's own limits of time; whoever calls acknowledges first.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Container, Sequence

from bot.chat.messages import Action, Button, Reply, SentFile
from bot.chat.messenger import PlatformError
from bot.commands.access import is_admin, may_speak, may_use, server_key
from bot.commands.command import Command, Context, Option, Registry, Suggestion
from bot.commands.describing import describe_file, describe_piece
from bot.commands.errors import AdminsOnly, NotAllowed, StaleButton
from bot.commands.offering import offer_words
from bot.errors import BadInput
from bot.logs.lines import bound
from bot.store import PersonSettings, ServerRules, StoreError
from bot.store.people import Met
from bot.texts import explain_in_chat, say
from config.errors import NotabotError

MAX_SUGGESTIONS = 25  # Discord's limit
MOST_ANSWER_CHARS = 4000  # likewise, of a field of a form
CHALLENGE_ACTIONS = frozenset({"announce", "enter", "withdraw", "vote", "ballot", "unvote", "compare", "better"})
CHAIN_ACTIONS = frozenset(
    f"chain{act}" for act in ("join", "begin", "leave", "mine", "takes", "write", "take", "keep", "drop")
)
SHARING_ACTIONS = frozenset({"star", "unshare", "report", "takedown", "dismiss"})
# What buttons do without speaking to anybody but whoever pressed them.
QUIET_ACTIONS = (
    frozenset({"details", "set", "erase", "cancel", "delete", "sure", "keep", "server", "duel", "unveil"})
    | {"guess", "hallpause", "hallskip", "hallstop"}
    | CHALLENGE_ACTIONS
    | CHAIN_ACTIONS
    | SHARING_ACTIONS
)

log = logging.getLogger(__name__)


async def run_command(command: Command, context: Context) -> None:
    """Answer a command. Its options have been checked, by `read_words` or by the platform."""

    async def handle() -> None:
        if command.admin and not is_admin(context.services.settings, context.person):
            raise AdminsOnly
        if not (command.private or command.manager):
            _may_speak(context)
        assert command.handle is not None, "a family of commands is not a command"
        await command.handle(context)

    await _answer(f"/{command.name}", context, handle)


async def run_action(registry: Registry, encoded: str, context: Context) -> None:
    """Do what a button stands for."""

    async def handle() -> None:
        action = _decode(encoded, registry.actions)
        if action.verb not in QUIET_ACTIONS:
            _may_speak(context)
        await registry.actions[action.verb](context, action)

    await _answer("button", context, handle)


def _decode(encoded: str, known: Container[str]) -> Action:
    """What a press or an answer stands for. Raises StaleButton for what is none of the known verbs."""
    try:
        action = Action.decode(encoded)
    except BadInput as error:
        raise StaleButton from error
    if action.verb not in known:
        raise StaleButton
    return action


async def run_answer(registry: Registry, encoded: str, text: str, context: Context) -> None:
    """Take the words that were asked for."""

    async def handle() -> None:
        action = _decode(encoded, registry.answers)
        if action.verb not in QUIET_ACTIONS:
            _may_speak(context)
        await registry.answers[action.verb](context, action, text[:MOST_ANSWER_CHARS])

    await _answer("an answer", context, handle)


async def run_suggest(option: Option, context: Context, typed: str) -> Sequence[Suggestion]:
    """What an option could be, the best first; nothing where nothing can be said, or to whom it may not be said."""
    if option.suggest is None:
        return ()
    try:
        await _meet(context)
        await may_use(context.services, context.person, context.address)
        return tuple(await option.suggest(context, typed))[:MAX_SUGGESTIONS]
    except NotAllowed:
        return ()
    except Exception as error:
        _log_unexpected("suggestions", error)
        return ()


async def run_offer(words: str, context: Context) -> None:
    """What the words of a link would become, for whoever opened it."""

    async def handle() -> None:
        await offer_words(context, words)

    await _answer("an offer", context, handle)


async def run_about(about: str | SentFile, context: Context) -> None:
    """What the piece or the score of a message is, for whoever asks alone; with ways to look closer."""

    async def handle() -> None:
        if isinstance(about, SentFile):
            await describe_file(context, about)
            return
        language = context.language
        buttons = (
            Button(say("button.details", language), Action("details", about)),
            Button(say("button.show", language), Action("recall", about)),
        )
        await describe_piece(context, about, buttons=(buttons,))

    await _answer("about this piece", context, handle)


async def run_quietly(name: str, context: Context, handle: Callable[[], Awaitable[None]]) -> None:
    """Do what is answered by nothing: also what is refused, or goes wrong, is only logged."""
    with bound(person=context.person.key, platform=context.person.platform):
        try:
            met = await _meet(context)
            await may_use(context.services, context.person, context.address)
            await context.services.store.people.remember(context.person.key, met)
            await handle()
        except NotabotError as error:
            log.info("%s on %s: %s", name, context.person.platform, type(error).__name__)
        except Exception as error:
            _log_unexpected(name, error)


async def refuse(context: Context, error: Exception) -> None:
    """Say what is wrong with a request that a platform could not read, for example what `read_words` raised."""

    async def handle() -> None:
        raise error

    await _answer("unread", context, handle, everybody=True)


async def _answer(
    name: str, context: Context, handle: Callable[[], Awaitable[None]], *, everybody: bool = False
) -> None:
    with bound(person=context.person.key, platform=context.person.platform):
        await _answer_logged(name, context, handle, everybody=everybody)


async def _answer_logged(
    name: str, context: Context, handle: Callable[[], Awaitable[None]], *, everybody: bool
) -> None:
    try:
        try:
            met = await _meet(context)
            if not everybody:
                await may_use(context.services, context.person, context.address)
                await context.services.store.people.remember(context.person.key, met)
            await handle()
            log.info("%s on %s: done", name, context.person.platform)
        except PlatformError:
            raise
        except Exception as error:
            await context.reply(Reply(_sentence(name, error, context), private=True, language=context.language))
    except PlatformError as error:
        log.warning("%s on %s: could not be answered: %s", name, context.person.platform, type(error).__name__)
    except Exception as error:  # even saying that it went wrong went wrong
        _log_unexpected(name, error)


def _may_speak(context: Context) -> None:
    if not is_admin(context.services.settings, context.person):
        may_speak(context)


async def _meet(context: Context) -> Met:
    """Let the context know what the person chose and what holds in the server; while the store is not to be had, what
    is usual.

    What is wrong with the store is said as soon as something needs it.
    """
    met, rules = Met(PersonSettings(), is_news=True), ServerRules()
    store, server = context.services.store, server_key(context.address)
    try:
        if server is None:
            met = await store.people.meet(context.person.key)
        else:
            met, rules = await asyncio.gather(store.people.meet(context.person.key), store.servers.rules(server))
    except StoreError as error:
        log.warning("what a person chose is not known: %s", type(error).__name__)
    context.likes, context.rules = met.likes, rules
    context.language = met.likes.language or rules.language or context.language
    return met


def _sentence(name: str, error: Exception, context: Context) -> str:
    sentence = explain_in_chat(error, context.language)
    if sentence is not None:
        log.info("%s on %s: %s", name, context.person.platform, type(error).__name__)
        return sentence
    return say("error.unexpected", context.language, reference=_log_unexpected(name, error))


def _log_unexpected(name: str, error: Exception) -> str:
    """Write the traceback into the log; returns the reference number that finds it."""
    reference = secrets.token_hex(3)
    log.error("%s: unexpected, reference %s", name, reference, exc_info=error)
    return reference
