"""Lines of text that stand on the page and are not sung: titles, `%%text`, `%%center`, `%%begintext`.

Where they stand is where they are written: in the header below the title, between lines of music over the bar that
follows, behind all music below it. A further title of the header is a subtitle; one in the body heads what follows.
What is not covered: pages' headers and footers, and how texts are set left, right or in the middle.
"""

from __future__ import annotations

from textwrap import wrap

PRINTED = frozenset({"text", "center", "right"})
NOT_PRINTED = frozenset({"header", "footer", "sep"})
LINE_CHARS = 64  # over a staff: longer ones would run out of the page


class PrintedTexts:
    """The texts of one tune."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.above: list[str] = []
        self._waiting: list[str] = []

    def add_title(self, text: str, *, is_in_header: bool) -> None:
        """A `T:`; the first one is the title, wherever it stands."""
        if is_in_header or not self.titles:
            self.titles.append(text)
        else:
            self._waiting.append(text)

    def add(self, text: str, *, is_in_header: bool) -> None:
        """A line of text."""
        (self.above if is_in_header else self._waiting).append(text)

    def take(self) -> list[str]:
        """What stands over the music that follows, the line next to the staff first."""
        lines = [line for text in self._waiting for line in wrap(text, LINE_CHARS)]
        self._waiting = []
        return lines[::-1]

    def take_rest(self) -> list[str]:
        """What no music follows."""
        rest, self._waiting = self._waiting, []
        return rest
