"""What is offered to somebody who has not asked for anything yet: words from a link or from another chat, words that
name music and ask for none, and one's own pieces to post elsewhere.

Promises: nothing is composed and nothing is written down before a button is pressed by whoever shall have the piece,
whose quota it is; of the pieces only one's own are shown. Not covered: how a platform posts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat.messages import Button, Person, Reply
from bot.commands.command import Context, Services
from bot.commands.picker import pick_style, write_wishes
from bot.commands.requests import longest, most_bars, usual_bars
from bot.commands.wording import Facts
from bot.making.compose import Compose
from bot.store import PersonSettings
from bot.texts import Language, clean, say
from generator.errors import GeneratorError
from generator.request import Request
from generator.wishes.asked import options_of
from generator.wishes.door import checked
from generator.wishes.reading import read_wishes
from generator.wishes.wishes import Wishes

MOST_PIECES, MOST_LIKED = 20, 14  # Telegram shows 50 of all
MOST_WORDS_CHARS = 256


@dataclass(frozen=True, kw_only=True)
class PieceLine:
    """One of somebody's pieces as it stands in a list."""

    id: str
    title: str
    about: str


async def offer_words(context: Context, words: str) -> None:
    """What the words would become, with a button that asks for it. Raises NotAWish ..."""
    language = context.language
    wishes = _read(words, context.services)
    options = _options(wishes, context.services, most=longest(context))
    what = _described(wishes, options, context.likes, context.services, language)
    text = "\n".join((say("offer.words", language, words=clean(words)), what))
    assert wishes.style is not None, "a request has a style"
    go = Button(say("card.go", language), pick_style(wishes.style, write_wishes(options)), "primary")
    await context.reply(
        Reply(text, title=say("offer.title", language), buttons=((go,),), private=True, language=language)
    )


def what_is_asked(words: str, likes: PersonSettings, services: Services, language: Language) -> str | None:
    """What the words would become, in one line; None for words that ask for no music."""
    try:
        wishes = _read(words[:MOST_WORDS_CHARS], services)
        options = _options(wishes, services, most=most_bars(services.settings))
        return _described(wishes, options, likes, services, language)
    except GeneratorError:
        return None


async def pieces_like(
    person: Person, words: str, services: Services, language: Language, *, scopes: Sequence[str] = ()
) -> Sequence[PieceLine]:
    """The newest of somebody's own pieces, their favourites, and the galleries of these servers: those in which all the
    words stand; all of the newest for no words.
    """
    store = services.store
    own = await store.pieces.of(person.key, MOST_PIECES)
    liked = await store.favourites.of(person.key, limit=MOST_LIKED)
    shown = await store.exhibits.gallery(scopes, limit=MOST_LIKED) if scopes else []
    known = {piece.id: piece for piece in own} | await store.pieces.some([*liked, *shown])
    lines = []
    for id_ in dict.fromkeys([*(piece.id for piece in own), *liked, *shown]):
        piece = known[id_]
        facts = Facts(piece.record, services.catalogue)
        about = facts.music(language)
        line = PieceLine(id=piece.id, title=facts.title(language), about=about)
        whole = f"{line.id} {line.title} {about}".lower()
        if all(word in whole for word in words.lower().split()):
            lines.append(line)
    return lines


def _read(words: str, services: Services) -> Wishes:
    """Raises NotAWish, also for what is only near."""
    return checked(read_wishes(words, services.catalogue, is_request=True), words, services.catalogue)


def _options(wishes: Wishes, services: Services, *, most: int) -> Mapping[str, Any]:
    return options_of(wishes, services.catalogue, given={}, seed=0, most_bars=most)


def _described(
    wishes: Wishes, options: Mapping[str, Any], likes: PersonSettings, services: Services, language: Language
) -> str:
    """For example "Chopin keyboard · 16 bars · A minor". Raises BadRequest."""
    assert wishes.style is not None, "a request has a style"
    named: dict[str, Any] = {name: options.get(name) for name in ("key", "metre", "tempo")}
    bars = options.get("bars") or usual_bars(likes, services.settings)
    request = Request(style=wishes.style, seed=0, bars=bars, players=wishes.players, **named)
    return Compose(request=request).describe(services.catalogue, language)
