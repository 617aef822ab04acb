"""Takes secrets out of text before it is written anywhere: tokens, passwords in addresses, keys of interactions.

What is known to be secret goes in every spelling it can have in an address; what merely looks like a token of one of
the platforms goes too, because an old or mistyped token is nobody's business either.
Not covered: what people wrote. That is not put into logs in the first place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from config.settings import Settings

HIDDEN = "[hidden]"
SHORTEST_SECRET_CHARS = 4  # shorter ones would blacken ordinary words

# Each keeps its first group.
_SHAPES = (
    r"(?i)(\bauthorization['\"]?\s*[:=]\s*['\"]?(?:bot |bearer )?)[^\s'\",]+",
    r"(\b[a-z][a-z0-9+]*://[^/\s:@]*:)[^/\s@]+(?=@)",  # a password in an address
)


class Redactor:
    """Replaces secrets by a mark. Call it with a text. shapes: of what looks like a secret of one of the platforms."""

    def __init__(self, secrets: Iterable[str] = (), *, shapes: Iterable[str]) -> None:
        self._shapes = [re.compile(shape) for shape in (*shapes, *_SHAPES)]
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= SHORTEST_SECRET_CHARS
            for spelling in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
        }
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    @classmethod
    def of(cls, settings: Settings, *, shapes: Iterable[str], more: Iterable[str] = ()) -> Redactor:
        """That knows all secrets of the settings and `more`, and the password inside an address too."""
        from config.settings import SECRET_FIELDS

        values = [getattr(settings, name) for name in SECRET_FIELDS]
        secrets = [*(value.get_secret_value() for value in values if value is not None), *more]
        return cls([*secrets, *filter(None, map(_password, secrets))], shapes=shapes)

    def __call__(self, text: str) -> str:
        """The text without what is secret."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for shape in self._shapes:
            text = shape.sub(rf"\g<1>{HIDDEN}", text)
        return text


def _password(secret: str) -> str | None:
    try:
        return urlsplit(secret).password
    except ValueError:  # a token that looks a little like an address
        return None
