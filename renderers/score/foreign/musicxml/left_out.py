"""What a file says and a tune cannot hold: counted by what it is, with the bar in which it stands first."""

from __future__ import annotations

from collections import Counter

from renderers.score.abc.remarks import Remarks

MAX_KINDS = 20

# Of page layout, and what is said in another place as well: nothing is lost without it.
LAYOUT = frozenset({
    "print", "stem", "beam", "notehead", "staff-layout", "system-layout", "page-layout", "defaults", "credit", "dashes",
    "footnote", "level", "play", "listen", "bookmark", "link", "grouping", "part-symbol", "instruments", "print-style",
    "swing", "accordion-registration", "tied", "slur", "tuplet", "dynamics", "fermata", "arpeggiate", "ornaments",
    "technical", "articulations", "slide", "glissando", "accidental-mark", "midi-instrument", "image",
})  # fmt: skip


class LeftOut:
    """Counts along while a document is read."""

    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self._counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._has_kept_tie = False

    def add(self, what: str, bar: int) -> None:
        """One more thing of a kind, named as MusicXML names it. bar: counted from 1."""
        if what in LAYOUT:
            return
        self._counts[what] += 1
        self._first.setdefault(what, bar)

    def add_kept_tie(self, bar: int) -> None:
        """A tie to another voice: page and sound have it, ABC cannot say it. The first one is spoken of."""
        if not self._has_kept_tie:
            self._has_kept_tie = True
            self.remarks.add("voice_tie", bar)

    def finish(self) -> None:
        """Say it."""
        for what, count in self._counts.most_common(MAX_KINDS):
            self.remarks.add("left_out", self._first[what], text=what.replace("-", " "), n=count)
