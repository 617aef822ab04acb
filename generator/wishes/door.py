"""What callers use: words in, wishes out, or the error that says why nothing is composed.

Not covered: where the words came from.
"""

from __future__ import annotations

from generator.catalogue.catalogue import Catalogue
from generator.errors import NotAWish, UnknownStyle
from generator.wishes.reading import read_wishes
from generator.wishes.wishes import Wishes

TALK = ("greeting", "thanks", "farewell", "again", "nod", "about", "press", "talk")  # each with an answer of its own


def wishes_for(words: str, catalogue: Catalogue, *, is_request: bool = True) -> Wishes:
    """What is to be composed. is_request: as `read_wishes` takes it.

    Raises NotAWish for talk and for names that are only near, UnknownStyle for words of which none is known.
    """
    return checked(read_wishes(words, catalogue, is_request=is_request, with_scenes=True), words, catalogue)


def checked(wishes: Wishes, words: str, catalogue: Catalogue) -> Wishes:
    """The same wishes if they ask for a piece. Raises as `wishes_for`, which see."""
    if wishes.sort == "request":
        return wishes
    if wishes.sort == "near":
        raise _near(wishes)
    if wishes.sort in ("unknown", "empty"):
        raise _unknown(words, catalogue)
    raise NotAWish(reason="talk" if wishes.sort == "offer" else wishes.sort)


def _near(wishes: Wishes) -> NotAWish:
    if wishes.near:
        names = tuple(dict.fromkeys(near.name for near in wishes.near))
        first = wishes.near[0]
        return NotAWish(reason="near", word=first.word[:40], names=names, instead=first.instead[:80], near=wishes.near)
    stranger = wishes.strangers[0]
    return NotAWish(reason="stranger", name=stranger.called, style=stranger.near)


def _unknown(words: str, catalogue: Catalogue) -> UnknownStyle | NotAWish:
    """As the catalogue complains; what it would take for a name all the same is asked about."""
    try:
        style = catalogue.find(words)
    except UnknownStyle as error:
        return error
    return NotAWish(reason="near", word=words[:40], names=(style.name,), instead=style.name, near=())
