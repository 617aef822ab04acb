"""Which command or button an update is, and for whom.

In a private chat everything is for us: "/compose chopin", but also "chopin keyboard" or "help". In a group only what
is addressed to us: our commands, what mentions us, and an answer to one of our messages that names a style. A topic's
message is answered in its topic. A command may stand below a file, or answer one.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.messages import Action, Address, Person, SentFile
from bot.chat.messenger import PlatformError
from bot.commands.command import Registry, Services
from bot.commands.queueing import finish_left_over
from bot.commands.running import refuse, run_action, run_command
from bot.commands.words import find_command, read_said, read_words
from bot.errors import BadInput, FileNotFetched
from bot.platforms.downloading import download
from bot.platforms.telegram.context import Press, TelegramContext
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.messenger import NAME, TelegramMessenger
from bot.platforms.telegram.sender import Sender
from bot.store.errors import StoreError
from bot.texts import language_of
from generator.wishes.reading import read_wishes

log = logging.getLogger(__name__)

START, COMPOSE, HELP, PIECE, RENDER = "start", "compose", "help", "piece", "render"
JOB_LINK = "job_"  # t.me/<bot>?start=job_<id>
MAX_STYLE_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class Router:
    """Made when the bot's own name is known."""

    registry: Registry
    services: Services
    line: Line
    messenger: TelegramMessenger
    bot_id: int
    bot_name: str

    async def handle(self, update: Update, taken_in: Callable[[], None]) -> None:
        """Answer one update, or leave it alone."""
        key = f"{NAME}:{self.bot_id}:{update.update_id}"
        if update.callback_query is not None:
            await self._pressed(update.callback_query, key, taken_in)
        elif update.message is not None:
            await self._said(update.message, key, taken_in)

    # --- buttons -----------------------------------------------------------------------------------------------------

    async def _pressed(self, query: CallbackQuery, key: str, taken_in: Callable[[], None]) -> None:
        press = Press(self.line.bot, query.id)
        if query.message is None or query.data is None:
            await press.answer()
            return
        address = _address(query.message, query.from_user)
        context = self._context(query.from_user, address, key, taken_in)
        context.press = press
        context.pressed = context.shown = str(query.message.message_id)
        soon = asyncio.create_task(press.answer_soon(), name="telegram acknowledge")
        try:
            await run_action(self.registry, query.data, context)
        finally:
            soon.cancel()
            await asyncio.gather(soon, return_exceptions=True)
        await press.answer()

    # --- words -------------------------------------------------------------------------------------------------------

    async def _said(self, message: Message, key: str, taken_in: Callable[[], None]) -> None:
        line = self.addressed(message)
        if line is None or message.from_user is None:
            return
        context = self._context(message.from_user, _address(message, message.from_user), key, taken_in)
        await self._look_at_answered(message, context)
        try:
            command, words = find_command(self.registry, line)
            is_said = command.name == COMPOSE and not (message.text or message.caption or "").lstrip().startswith("/")
            context.options = (read_said if is_said else read_words)(command, words, file=self._file_of(message))
        except Exception as error:  # of whatever kind: it is explained, or logged and given a number
            await refuse(context, error)
            return
        await run_command(command, context)

    async def _look_at_answered(self, message: Message, context: TelegramContext) -> None:
        """Somebody answers a first message of ours that was left over: it is finished."""
        answered = message.reply_to_message
        job = _job_of(answered) if answered is not None and self._answers_us(message) else None
        if answered is None or job is None:
            return
        context.pressed = context.shown = str(answered.message_id)
        try:
            await finish_left_over(context, job)
        except (PlatformError, StoreError) as error:
            log.info("a message that was left over stays: %s", type(error).__name__)
        context.pressed = context.shown = None

    def addressed(self, message: Message) -> str | None:
        """The command that a message stands for, as "/compose chopin keyboard"; None if it is not for us."""
        text = " ".join((message.text or message.caption or "").split())
        if message.from_user is None or message.from_user.is_bot:
            return None
        is_private = message.chat.type == ChatType.PRIVATE
        if not text:  # a file alone is to be looked at and heard
            return f"/{RENDER}" if is_private and message.document is not None else None
        mention = re.compile(rf"@{re.escape(self.bot_name)}\b", re.IGNORECASE)
        is_mentioned = not text.startswith("/") and mention.search(text) is not None
        if is_mentioned:
            text = " ".join(mention.sub(" ", text).split()) or f"/{HELP}"
        if text.startswith("/"):
            return self._command_line(text, must_know=is_private or is_mentioned)
        if is_private or is_mentioned:
            return self._free_words(text)
        if self._answers_us(message) and self._names_style(text):
            return f"/{COMPOSE} {text}"
        return None

    def _file_of(self, message: Message) -> SentFile | None:
        """The file that came with a message, else the one it answers."""
        answered = message.reply_to_message
        document = message.document or (answered.document if answered is not None else None)
        if document is None:
            return None
        return SentFile(
            name=document.file_name or "", size=document.file_size, fetch=partial(self._fetch, document.file_id)
        )

    async def _fetch(self, file_id: str, most: int) -> bytes:
        """What lies on Telegram's servers. Raises FileNotFetched, FileTooLarge."""
        try:
            file = await self.line.bot.get_file(file_id)
        except TelegramError as error:
            raise FileNotFetched from error
        return await download(file.file_path or "", most)

    def _command_line(self, text: str, *, must_know: bool) -> str | None:
        """Without "@OurBot"; None for another bot's command."""
        name, _, rest = text.partition(" ")
        name, _, bot_name = name.partition("@")
        if bot_name and bot_name.lower() != self.bot_name.lower():
            return None
        if name.lower() == f"/{START}":
            job = rest.removeprefix(JOB_LINK)
            return f"/{PIECE} {job}" if job != rest else f"/{HELP}"
        if self.registry.command(name[1:].lower()) is None and not (must_know or bot_name):
            return None
        return f"{name} {rest}".strip()

    def _free_words(self, text: str) -> str:
        """A command without its stroke, as in "help", or a wish, as in "chopin keyboard"."""
        is_command = self.registry.command(text.partition(" ")[0].lower()) is not None
        return f"/{text}" if is_command else f"/{COMPOSE} {text}"

    def _answers_us(self, message: Message) -> bool:
        answered = message.reply_to_message
        return answered is not None and answered.from_user is not None and answered.from_user.id == self.bot_id

    def _names_style(self, text: str) -> bool:
        """Whether music is asked for. People also say "thanks" to a bot; that needs no answer."""
        return len(text) <= MAX_STYLE_CHARS and read_wishes(text, self.services.catalogue).sort == "request"

    # --- contexts ----------------------------------------------------------------------------------------------------

    def _context(
        self,
        user: User,
        address: Address,
        key: str,
        taken_in: Callable[[], None],
    ) -> TelegramContext:
        person = Person(NAME, str(user.id), user.language_code)
        return TelegramContext(
            services=self.services,
            sender=Sender(self.line),
            messenger=self.messenger,
            person=person,
            address=address,
            language=language_of(person.client_language),
            event_key=key,
            on_answer=taken_in,
        )


def _job_of(message: Message) -> str | None:
    """The job that a first message of ours offers to cancel."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    for button in (button for row in rows for button in row):
        with suppress(BadInput):
            action = Action.decode(str(button.callback_data))
            if action.verb == "cancel":
                return action.target
    return None


def _address(message: MaybeInaccessibleMessage, user: User) -> Address:
    """Where to answer somebody's message, or the pressing of its button: in groups as a reply to it, so that it is
    seen who is meant.
    """
    chat = message.chat
    is_private = chat.type == ChatType.PRIVATE
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return Address(
        NAME,
        str(user.id),
        chat=str(chat.id),
        guild=None if is_private else str(chat.id),
        topic=None if topic is None else str(topic),
        reply_to=None if is_private else str(message.message_id),
    )
