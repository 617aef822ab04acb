"""What is heard in one piece while it is written: the rows of numbers of `numbers.py`, place by place.

Promises: a pure function of the tune header, the finished bars and the text of the current line, so nothing is lost
when a voice is thrown away and sampled again; the same rows whether a piece is composed (`Ear.hears`) or read to learn
from it (`rows_of_lines`), since both take every character in turn.
Not covered: what a network makes of them (`generator/model/network.py`).
"""

from collections.abc import Iterator, Sequence

from generator.errors import NotationError
from generator.hearing.header import read_header
from generator.hearing.line import FinishedBar, Line
from generator.hearing.numbers import NOTHING, ROW_BYTES
from generator.notation.tune import Header


class Ear:
    """Listens to one piece: `learn` the finished bars, and `hears` says what is known behind a part of the next."""

    def __init__(self, header: Header) -> None:
        self._voices, settings = read_header(header)
        self._lines: list[str] = []
        self._bars: list[FinishedBar] = []
        self._settings = [settings]  # that hold when each bar begins
        self._begin_line()

    def _begin_line(self) -> None:
        self._line = Line(self._voices, self._bars, self._settings[-1].copy())
        self._text = ""

    def learn(self, lines: Sequence[str]) -> None:
        """Know these finished bars, each a line of all voices, and no others."""
        same = 0
        for known, line in zip(self._lines, lines, strict=False):
            if known != line:
                break
            same += 1
        if same < len(self._lines):
            del self._lines[same:], self._bars[same:], self._settings[same + 1 :]
            self._begin_line()
        for line in lines[same:]:
            if not f"{line}\n".startswith(self._text):  # mostly it was heard while it was written
                self._begin_line()
            self._go_on(line[len(self._text) :])
            self._end_line(line)
            self._begin_line()

    def _end_line(self, line: str) -> None:
        bar = self._line.finish()
        self._bars.append(bar)
        self._settings.append(self._line.settings)
        self._lines.append(line)

    def _go_on(self, text: str) -> None:
        take = self._line.take
        for char in text:
            take(char)
        self._text += text

    def hears(self, text: str) -> bytes:
        """What is known behind `text`, a part of the current line: ROW_BYTES bytes, the first number the lowest bit."""
        if not text.startswith(self._text):
            self._begin_line()
        self._go_on(text[len(self._text) :])
        return self._line.row().to_bytes(ROW_BYTES, "little")

    def events(self, voice: str) -> list[tuple[int, int]]:
        """When each note, chord and rest of a voice begins and ends in the last bar, in ticks (`header.WHOLE`)."""
        return [(start, until) for start, until, _ in self._bars[-1].events.get(voice, ())]

    def rows(self, line: str) -> bytes:
        """What is known behind 0, 1, 2 ... characters of a whole line, which is finished then: rows joined together."""
        self._begin_line()
        take, row = self._line.take, self._line.row
        rows = [row().to_bytes(ROW_BYTES, "little")]
        for char in line:
            take(char)
            rows.append(row().to_bytes(ROW_BYTES, "little"))
        self._end_line(line)
        return b"".join(rows)


def rows_of_lines(header: Header, lines: Sequence[str]) -> Iterator[bytes]:
    """For every line of a tune body what is heard behind each number of its characters, from 0 on.

    Nothing is heard in a piece whose header cannot be read.
    """
    try:
        ear = Ear(header)
    except NotationError:
        yield from (NOTHING * (len(line) + 1) for line in lines)
        return
    for line in lines:
        yield ear.rows(line)
