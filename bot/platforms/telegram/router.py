"""Which command or button an update is, and for whom.

In a private chat everything is for us: "/compose chopin", but also "chopin keyboard", a file or a voice message, which
are answered by what can be done with them. In a group only what is addressed to us: our commands, what mentions us, and
an answer to one of our messages that asks for music. A channel's posts are commands or nothing. A typing error that is
corrected is read again. A topic's message is answered in its topic. A command may stand below a file, or answer one.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from telegram import (
    CallbackQuery,
    MaybeInaccessibleMessage,
    Message,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeEmoji,
    Update,
)
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.messages import Action, Address, Person, SentFile, asked_in
from bot.chat.messenger import PlatformError
from bot.commands.changing import ABOUT, piece_in, takes_piece
from bot.commands.command import Registry, Services
from bot.commands.errors import NotYourButton
from bot.commands.queueing import finish_left_over
from bot.commands.running import refuse, run_action, run_answer, run_command, run_offer
from bot.commands.said import COMPOSE, is_wish, said_line
from bot.commands.sharing.reacting import STAR, meaning_of, run_reaction, run_unreaction
from bot.commands.words import find_command, read_said, read_words
from bot.errors import BadInput, FileNotFetched
from bot.platforms.downloading import download
from bot.platforms.owning import disowned, mark
from bot.platforms.telegram import sent
from bot.platforms.telegram.comings import Comings
from bot.platforms.telegram.context import Press, TelegramContext
from bot.platforms.telegram.inline import Inline
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.links import JOB, action_of, command_of, link_to_action, link_to_command, words_of
from bot.platforms.telegram.messenger import NAME, TelegramMessenger
from bot.platforms.telegram.sender import Sender
from bot.platforms.telegram.whereabouts import here_of, is_manager, is_private, speaker
from bot.store.errors import StoreError
from bot.texts import language_of

log = logging.getLogger(__name__)

START, HELP, PIECE, RENDER = "start", "help", "piece", "render"
BLOCKING = ("block", "unblock", "allow", "quota")  # what operators do about whoever they answer
REMEMBERED = 2000  # messages that were read, in case they are corrected
CORRECTED_WITHIN_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Router:
    """Made when the bot's own name is known. read: of the newest messages and albums what they were read as."""

    registry: Registry
    services: Services
    line: Line
    messenger: TelegramMessenger
    comings: Comings
    inline: Inline
    bot_id: int
    bot_name: str
    read: OrderedDict[tuple[int, int | str], str] = field(default_factory=OrderedDict)

    async def handle(self, update: Update, taken_in: Callable[[], None]) -> None:
        """Answer one update, or leave it alone."""
        key = f"{NAME}:{self.bot_id}:{update.update_id}"
        message = update.message or update.channel_post
        corrected = update.edited_message or update.edited_channel_post
        if update.inline_query is not None:
            await self.inline.offer(update.inline_query)
        elif update.guest_message is not None:
            await self.inline.answer_guest(update.guest_message)
        elif update.callback_query is not None:
            await self._pressed(update.callback_query, key, taken_in)
        elif update.message_reaction is not None:
            await self._reacted(update.message_reaction, key, taken_in)
        elif update.my_chat_member is not None:
            await self.comings.note(update.my_chat_member)
        elif message is not None and message.migrate_to_chat_id is not None:
            await self.comings.move(message.chat.id, message.migrate_to_chat_id)
        elif message is not None:
            await self._said(message, key, taken_in)
        elif corrected is not None and self._is_correction(corrected):
            await self._said(corrected, key, taken_in)

    # --- buttons -----------------------------------------------------------------------------------------------------

    async def _pressed(self, query: CallbackQuery, key: str, taken_in: Callable[[], None]) -> None:
        press = Press(self.line.bot, query.id)
        if query.message is None or query.data is None:
            await press.answer()
            return
        user = query.from_user
        person = Person(NAME, str(user.id), user.language_code)
        context = self._context(person, query.message, _address(query.message, person, user.first_name), key, taken_in)
        context.press, context.called = press, user.first_name
        if _offers(query.message, query.data):  # else somebody's client made it up: other messages stay as they are
            context.pressed = context.shown = str(query.message.message_id)
        encoded, owner = disowned(query.data)
        context.link = link_to_action(encoded)
        soon = asyncio.create_task(press.answer_soon(), name="telegram acknowledge")
        try:
            if owner and not await self._may_press(context, owner):
                await refuse(context, NotYourButton())
            else:
                await run_action(self.registry, encoded, context)
        finally:
            soon.cancel()
            await asyncio.gather(soon, return_exceptions=True)
        await press.answer()

    async def _may_press(self, context: TelegramContext, owner: str) -> bool:
        """Whose question it is; one that was put to a group is for each of its administrators."""
        if owner == mark(context.person.id):
            return True
        chat = context.address.chat
        return owner == mark(chat) and await is_manager(self.line, chat, context.person.id)

    # --- reactions ---------------------------------------------------------------------------------------------------

    async def _reacted(self, change: MessageReactionUpdated, key: str, taken_in: Callable[[], None]) -> None:
        """Somebody has changed what they put below a message; Telegram does not say of anonymous ones who they are."""
        user, chat, message = change.user, change.chat, str(change.message_id)
        if user is None or user.is_bot:
            return
        before, after = _meanings(change.old_reaction), _meanings(change.new_reaction)
        person, is_private = Person(NAME, str(user.id), user.language_code), chat.type == ChatType.PRIVATE
        address = Address(NAME, person.id, chat=str(chat.id), reply_to=message, called=user.first_name)
        if not is_private:
            address = replace(address, guild=str(chat.id), name=user.first_name)
        star = f"{chat.id}/{message}"
        if STAR in before - after:
            await run_unreaction(self._context_at(person, address, key, taken_in), message=star)
        if not after - before:
            return
        try:
            found = await self.services.store.exhibits.piece_at(NAME, str(chat.id), message)
        except StoreError as error:
            log.info("what a reaction is about is not known: %s", type(error).__name__)
            return
        if found is None:
            return
        context = self._context_at(person, replace(address, topic=found.topic), key, taken_in)
        here = None if is_private else f"{NAME}:{chat.id}"
        scope = found.exhibit.scope if found.exhibit is not None else here
        for meaning in sorted(after - before):
            await run_reaction(self.registry, meaning, context, piece=found.piece, scope=scope, message=star)

    # --- words -------------------------------------------------------------------------------------------------------

    async def _said(self, message: Message, key: str, taken_in: Callable[[], None]) -> None:
        person = speaker(message)
        if person is None:
            return
        name = message.from_user.first_name if message.from_user and message.sender_chat is None else None
        context = self._context(person, message, _address(message, person, name), key, taken_in)
        context.called = name or (message.sender_chat.title if message.sender_chat else "") or ""
        if (asked := self._asked(message)) is not None:
            await run_answer(self.registry, asked, message.text or "", context)
            return
        wordless = self._wordless(message)
        if wordless is not None:
            if not self._is_of_answered_album(message):
                await refuse(context, wordless)
            return
        try:
            line = self.addressed(message)
        except BadInput as error:
            await refuse(context, error)
            return
        if line is None:
            return
        self._remember(message.chat.id, message.message_id, line)
        await self._look_at_answered(message, context)
        if await self._linked(line, context):
            return
        try:
            command, words = find_command(self.registry, line)
            context.link = link_to_command(line)
            if command.admin and command.name in BLOCKING:
                words = self._with_answered_person(message, words)
            is_said = command.name == COMPOSE and not (message.text or message.caption or "").lstrip().startswith("/")
            options = (read_said if is_said else read_words)(command, words, file=self._file_of(message))
            about = _piece_of(message.reply_to_message) if is_said or takes_piece(command) else None
            context.options = options if about is None else {**options, ABOUT: about}
        except Exception as error:  # of whatever kind: it is explained, or logged and given a number
            await refuse(context, error)
            return
        await run_command(command, context)

    async def _linked(self, line: str, context: TelegramContext) -> bool:
        """Do what a link of ours stands for; False if the line is none."""
        if (pressed := action_of(line)) is not None:
            await run_action(self.registry, pressed, context)
            return True
        if (words := words_of(line)) is not None:
            await run_offer(words, context)
            return True
        return False

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

    def _asked(self, message: Message) -> str | None:
        """The action that a question of ours asks for, if this is the answer to one."""
        answered = message.reply_to_message
        if answered is None or not message.text or message.text.startswith("/") or not self._answers_us(message):
            return None
        return asked_in(answered.text or "")

    def addressed(self, message: Message) -> str | None:
        """The command that a message stands for, as "/compose chopin keyboard"; None if it is not for us.

        Raises NotWords.
        """
        text = " ".join((message.text or message.caption or "").split())
        if speaker(message) is None:
            return None
        is_ours = is_private(message)
        if not text:  # a file alone is to be looked at and heard
            return f"/{RENDER}" if (is_ours or self._answers_us(message)) and sent.score_in(message) else None
        mention = re.compile(rf"@{re.escape(self.bot_name)}\b", re.IGNORECASE)
        is_mentioned = not text.startswith("/") and mention.search(text) is not None
        if is_mentioned:
            text = " ".join(mention.sub(" ", text).split()) or self._mentioned_alone(message)
        if text.startswith("/"):
            return self._command_line(text, must_know=is_ours or is_mentioned)
        if is_ours or is_mentioned:
            has_file = sent.score_in(message) is not None
            return said_line(self.registry, self.services.catalogue, text, has_file=has_file)
        is_channel = message.chat.type == ChatType.CHANNEL
        if not is_channel and self._answers_us(message) and is_wish(self.services.catalogue, text):
            return f"/{COMPOSE} {text}"
        return None

    def _wordless(self, message: Message) -> BadInput | None:
        """What is said to us in another way than by words or a score."""
        if message.text or not (is_private(message) or self._answers_us(message)):
            return None
        return sent.wordless(message)

    def _mentioned_alone(self, message: Message) -> str:
        """Nothing but our name: with a score, or as an answer to one, it is to be looked at."""
        return f"/{RENDER}" if self._file_of(message) is not None else f"/{HELP}"

    def _file_of(self, message: Message) -> SentFile | None:
        """The file that came with a message, else the one it answers."""
        answered = message.reply_to_message
        score = sent.score_in(message) or (sent.score_in(answered) if answered is not None else None)
        if score is None:
            return None
        return SentFile(name=score.name, size=score.size, fetch=partial(self._fetch, score.id))

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
            return self._started(rest)
        if self.registry.command(name[1:].lower()) is None and not (must_know or bot_name):
            return None
        return f"{name} {rest}".strip()

    def _started(self, link: str) -> str:
        """What stood in a link of ours; without one, help."""
        job = link.removeprefix(JOB)
        if job != link:
            return f"/{PIECE} {job}"
        if action_of(link) is not None or words_of(link) is not None:
            return link
        return command_of(link, self.registry) or f"/{HELP}"

    def _with_answered_person(self, message: Message, words: str) -> str:
        """Operators need no number of whoever they answer, or whose name they choose from Telegram's list."""
        for entity in message.entities:
            if entity.user is not None:
                name = message.parse_entity(entity)
                return words.replace(name, str(entity.user.id), 1)
        answered = message.reply_to_message
        person = speaker(answered) if answered is not None else None
        is_named = any("=" not in word for word in words.split())
        return words if person is None or is_named else f"{person.id} {words}"

    def _answers_us(self, message: Message) -> bool:
        answered = message.reply_to_message
        return answered is not None and answered.from_user is not None and answered.from_user.id == self.bot_id

    # --- corrections -------------------------------------------------------------------------------------------------

    def _is_correction(self, message: Message) -> bool:
        """Whether a changed message says something new. Telegram also tells of changes that nobody made."""
        try:
            line = self.addressed(message)
        except BadInput:  # it is told why
            return True
        if line is None or self.read.get((message.chat.id, message.message_id)) == line:
            return False
        changed = message.edit_date or message.date
        return (changed - message.date).total_seconds() <= CORRECTED_WITHIN_S

    def _is_of_answered_album(self, message: Message) -> bool:
        """Several pictures that were sent at once are several messages; one of them is answered."""
        album = message.media_group_id
        if album is None:
            return False
        is_known = (message.chat.id, album) in self.read
        self._remember(message.chat.id, album, "")
        return is_known

    def _remember(self, chat: int, message: int | str, line: str) -> None:
        self.read[chat, message] = line
        while len(self.read) > REMEMBERED:
            self.read.popitem(last=False)

    # --- contexts ----------------------------------------------------------------------------------------------------

    def _context(
        self,
        person: Person,
        message: MaybeInaccessibleMessage,
        address: Address,
        key: str,
        taken_in: Callable[[], None],
    ) -> TelegramContext:
        return self._context_at(person, address, key, taken_in, has_topics=bool(message.chat.is_forum))

    def _context_at(
        self,
        person: Person,
        address: Address,
        key: str,
        taken_in: Callable[[], None],
        *,
        has_topics: bool = False,
    ) -> TelegramContext:
        return TelegramContext(
            services=self.services,
            sender=Sender(self.line),
            messenger=self.messenger,
            person=person,
            address=address,
            language=language_of(person.client_language),
            event_key=key,
            here=here_of(self.line, address, bot_name=self.bot_name, has_topics=has_topics),
            bot_name=self.bot_name,
            on_answer=taken_in,
        )


def _meanings(reactions: Sequence[ReactionType]) -> set[str]:
    """What reactions stand for, of those that stand for anything here."""
    signs = (reaction.emoji for reaction in reactions if isinstance(reaction, ReactionTypeEmoji))
    return {meaning for sign in signs if (meaning := meaning_of(sign)) is not None}


def _piece_of(answered: Message | None) -> str | None:
    """The piece below which the buttons of an answered message are."""
    markup = answered.reply_markup if answered is not None else None
    rows = markup.inline_keyboard if markup is not None else ()
    return piece_in(disowned(str(button.callback_data))[0] for row in rows for button in row)


def _offers(message: MaybeInaccessibleMessage, data: str) -> bool:
    """Whether a message has the button; of one that is too old to be seen that is not known."""
    if not isinstance(message, Message):
        return True
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return any(button.callback_data == data for row in rows for button in row)


def _job_of(message: Message) -> str | None:
    """The job that a first message of ours offers to cancel."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    for button in (button for row in rows for button in row):
        with suppress(BadInput):
            action = Action.decode(disowned(str(button.callback_data))[0])
            if action.verb == "cancel":
                return action.target
    return None


def _address(message: MaybeInaccessibleMessage, person: Person, name: str | None) -> Address:
    """Where to answer somebody's message, or the pressing of its button: in groups as a reply to it, so that it is
    seen who is meant. name: what the person is called there.
    """
    chat = message.chat
    address = Address(NAME, person.id, chat=str(chat.id), called=name)
    if chat.type == ChatType.PRIVATE:
        topic = None
    else:
        address = replace(address, guild=str(chat.id), reply_to=str(message.message_id), name=name)
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return address if topic is None else replace(address, topic=str(topic))
