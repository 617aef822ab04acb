"""@OurBot in any chat: `@OurBot chopin waltz` offers to compose it, or posts one of one's own pieces.

An inline query is what somebody types behind our name before anything is sent; a guest query is a message that names us
in a chat that we are no member of. Promises: nothing is composed by typing; what is posted holds a link to the private
chat, where whoever presses it has the piece composed for themselves, by their own quota. A piece whose page Telegram
has is posted with it, else as words. Offered are one's own pieces, one's favourites, and the galleries of groups that
one is in, to oneself. Who may not use the bot is offered nothing. What is typed is neither logged nor kept.
Not covered: inline mode and guest mode have to be switched on with @BotFather.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    User,
)
from telegram.error import BadRequest, TelegramError

from bot.chat.messages import Address, Person
from bot.commands.access import may_use
from bot.commands.command import Services
from bot.commands.errors import NotAllowed
from bot.commands.offering import PieceLine, pieces_like, what_is_asked
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.links import address_of, link_to_piece, link_to_words
from bot.platforms.telegram.whereabouts import NAME, is_member
from bot.platforms.telegram.wording import cut, quote
from bot.store.errors import StoreError
from bot.store.people import PersonSettings
from bot.texts import Language, clean, language_of, say

log = logging.getLogger(__name__)

MEMBER_FOR_S, REMEMBERED = 600.0, 2000
CACHED_S = 5  # one's newest piece shall be there soon
TITLE_UNITS, ABOUT_UNITS, WORDS_UNITS = 64, 200, 1000
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Result = InlineQueryResultArticle | InlineQueryResultCachedPhoto


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody who types our name, and what he likes."""

    person: Person
    likes: PersonSettings
    language: Language


@dataclass(frozen=True, kw_only=True)
class Inline:
    """Answers queries. bot_name: ours. members: who is in a group, and until when that is believed."""

    services: Services
    line: Line
    bot_name: str
    members: dict[tuple[str, str], tuple[bool, float]] = field(default_factory=dict)

    async def offer(self, query: InlineQuery) -> None:
        """The list above the field in which somebody types."""
        asker = await self._asker(query.from_user)
        results = [] if asker is None else await self._results(asker, query.query)
        try:
            try:
                await self._answer(query, results)
            except BadRequest:  # perhaps of a photo that Telegram has no more
                if asker is None or not self._forget_photos(results):
                    raise
                await self._answer(query, await self._results(asker, query.query))
        except TelegramError as error:  # somebody typed on, and nobody waits for this answer
            log.info("an inline query's answer was not taken: %s", type(error).__name__)

    async def answer_guest(self, message: Message) -> None:
        """One message into a chat that we are no member of."""
        asker = None if message.from_user is None else await self._asker(message.from_user)
        if asker is None or message.guest_query_id is None:
            return
        words = " ".join(
            re.sub(rf"@{re.escape(self.bot_name)}\b", " ", message.text or "", flags=re.IGNORECASE).split()
        )
        result = await self._first_result(asker, words)
        try:
            try:
                await self.line.bot.answer_guest_query(message.guest_query_id, result)
            except BadRequest:
                if not self._forget_photos([result]):
                    raise
                await self.line.bot.answer_guest_query(message.guest_query_id, await self._first_result(asker, words))
        except TelegramError as error:
            log.info("a guest query's answer was not taken: %s", type(error).__name__)

    async def _answer(self, query: InlineQuery, results: Sequence[Result]) -> None:
        await self.line.bot.answer_inline_query(query.id, results, cache_time=CACHED_S, is_personal=True)

    def _forget_photos(self, results: Sequence[Result]) -> bool:
        """False if there is none: they are words already."""
        shown = [result.id for result in results if isinstance(result, InlineQueryResultCachedPhoto)]
        for piece in shown:
            self.line.photos.forget(piece)
        return bool(shown)

    async def _asker(self, user: User) -> Asker | None:
        """None for who may not use the bot, and while nobody can say."""
        person = Person(NAME, str(user.id), user.language_code)
        try:
            await may_use(self.services, person, Address(NAME, person.id, chat=person.id))
            likes = await self.services.store.people.settings(person.key)
        except NotAllowed:
            return None
        except StoreError as error:
            log.warning("nothing can be offered: %s", type(error).__name__)
            return None
        return Asker(person=person, likes=likes, language=likes.language or language_of(user.language_code))

    async def _results(self, asker: Asker, words: str) -> list[Result]:
        """What the words would become, then one's own pieces."""
        language = asker.language
        what = what_is_asked(words, asker.likes, self.services, language) if words.strip() else None
        try:
            scopes = await self._scopes(asker.person)
            looked_for = words if what is None else ""
            own = await pieces_like(asker.person, looked_for, self.services, language, scopes=scopes)
        except StoreError as error:
            log.warning("no pieces can be offered: %s", type(error).__name__)
            own = []
        asked = [] if what is None else [self._words(words, what, language)]
        return [*asked, *(self._piece(line, language) for line in own)]

    async def _first_result(self, asker: Asker, words: str) -> Result:
        """The first of what words lead to; where they lead to nothing, who we are."""
        results = await self._results(asker, words) if words else []
        return results[0] if results else self._hello(asker.language)

    async def _scopes(self, person: Person) -> list[str]:
        """The groups whose galleries somebody sees: where they starred something, and are a member still."""
        liked = await self.services.store.stars.scopes(person.key)
        scopes = [scope for scope in liked if scope.startswith(f"{NAME}:-")]
        return [scope for scope in scopes if await self._is_member(scope, person)]

    async def _is_member(self, scope: str, person: Person) -> bool:
        """Asked again after a while."""
        known = self.members.get((scope, person.id))
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        while len(self.members) >= REMEMBERED:
            del self.members[next(iter(self.members))]
        is_one = await is_member(self.line, scope.partition(":")[2], person.id)
        self.members[scope, person.id] = is_one, time.monotonic() + MEMBER_FOR_S
        return is_one

    def _words(self, words: str, what: str, language: Language) -> InlineQueryResultArticle:
        link = link_to_words(words)
        text = say("inline.asked", language, words=clean(words), what=what)
        if not link:  # too many words for a link
            text += "\n" + say("inline.write", language, bot=f"t.me/{self.bot_name}")
        return self._article(
            "words", say("inline.compose", language), what, text, link, say("card.go", language) if link else ""
        )

    def _piece(self, line: PieceLine, language: Language) -> Result:
        text = f"{line.title}\n{line.about}"
        link, label = link_to_piece(line.id), say("inline.open", language)
        photo = self.line.photos.of(line.id)
        if photo is None:
            return self._article(line.id, line.title, line.about, text, link, label)
        return InlineQueryResultCachedPhoto(
            line.id,
            photo,
            title=cut(quote(line.title), TITLE_UNITS),
            description=cut(quote(line.about), ABOUT_UNITS),
            caption=cut(quote(text), WORDS_UNITS),
            reply_markup=InlineKeyboardMarkup([[self._button(label, link)]]),
        )

    def _hello(self, language: Language) -> InlineQueryResultArticle:
        text = say("inline.hello", language)
        return self._article("hello", say("about.title", language), text, text, "", say("inline.open", language))

    def _article(self, name: str, title: str, about: str, text: str, link: str, label: str) -> InlineQueryResultArticle:
        """link: what stands behind "start="; label: of its button, "" for none."""
        button = self._button(label, link) if label else None
        return InlineQueryResultArticle(
            name,
            cut(quote(title), TITLE_UNITS),
            InputTextMessageContent(cut(quote(text), WORDS_UNITS), link_preview_options=NO_PREVIEW),
            description=cut(quote(about), ABOUT_UNITS),
            reply_markup=InlineKeyboardMarkup([[button]]) if button else None,
        )

    def _button(self, label: str, link: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(quote(label), url=address_of(self.bot_name, link))
