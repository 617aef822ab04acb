"""How the parts of a wish come together: the style, and what it and the words say of key, metre, tempo and length.

Promises: what was said goes before what follows from a work, that before what a genre is like, that before a mood; a
form and chords fit into the bars. Not covered: who is meant (`styling.py`); values that nothing speaks of stay None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.wish import Wish
from generator.notation.keys import MAX_FIFTHS, Key, key_with_fifths, names_mode, parse_key, printable_fifths
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN, Metre, parse_metre
from generator.planning.chords import parse_progression
from generator.planning.form import LEAST_BARS, Form, parse_form
from generator.wishes.draft import Draft, Parts
from generator.wishes.said.taking import MAX_BARS, within
from generator.wishes.scanning import Item
from generator.wishes.styling import Styling
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import How, Wishes

USUAL_BARS, USUAL_TEMPO = 16, 100
SLOWER, FASTER = 0.75, 1.3
FACTORS = {"slower": SLOWER, "faster": FASTER}
NO_SIZE = "0"  # "in four parts" is no length
OTHER_MODE = {"min": "maj", "maj": "min"}
COMMON_TIME = Metre(4, 4)


def join(draft: Draft, catalogue: Catalogue, vocabulary: Vocabulary) -> Wishes:
    """All parts together; the sort is for whoever asks."""
    parts = Parts()
    styling = Styling(draft, catalogue, vocabulary.tables, vocabulary.generic, parts)
    wish = styling.wish()
    joining = _Joining(draft, vocabulary.tables, parts)
    joining.metre()
    joining.key()
    joining.tempo()
    joining.length()
    joining.rest()
    return joining.wishes(wish, styling)


@dataclass
class _Joining:
    """values: of a request, by their names in `Wishes`; each step may look at those of the steps before."""

    draft: Draft
    tables: Mapping[str, Any]
    parts: Parts
    values: dict[str, Any] = field(default_factory=dict)

    # --- metre and key -------------------------------------------------------------------------------------------

    def metre(self) -> None:
        """As said, as of the work, as of the genre."""
        found, entry = self.draft.first("metre"), self.draft.entry("metre")
        if found is not None:
            self._set("metre", found.value, found.words)
        elif entry is not None:
            self._set("metre", parse_metre(entry[1]), entry[0].words)
        else:
            for how, words, table in self._tables():
                if how in ("work", "genre") and "metre" in table:
                    self._set("metre", parse_metre(table["metre"]), words, how)
                    return

    def _tables(self) -> list[tuple[How, str, dict[str, Any]]]:
        """What follows from works, genres and moods, in this order."""
        rows: list[tuple[How, str, dict[str, Any]]] = []
        kinds: tuple[tuple[str, How, str], ...] = (
            ("work", "work", "works"),
            ("foreign_work", "work", "foreign_works"),
            ("genre", "genre", "genres"),
            ("mood", "mood", "moods"),
        )
        for kind, how, section in kinds:
            table = self.tables[section]
            rows += [(how, item.words, table[name]) for item, name in self.draft.entries(kind)]
        return rows

    def key(self) -> None:
        """As said; else a mode; else the work's."""
        found, mode = self.draft.first("key"), self.draft.entry("mode")
        work = next((row for row in self._tables() if row[0] == "work" and "key" in row[2]), None)
        moody = next((row for row in self._tables() if row[0] != "work" and "mode" in row[2]), None)
        if found is not None:
            key = found.value
            if mode is not None and not names_mode(found.words) and mode[1] != key.mode:
                key = _in_mode(key, mode[1])
            self._set("key", key, found.words, found.how)
            return
        if work is not None:
            key = parse_key(work[2]["key"])
            wanted = (
                mode[1]
                if mode is not None
                else moody[2]["mode"]
                if moody is not None and moody[0] == "mood"
                else key.mode
            )
            self._set("key", key if wanted == key.mode else _in_mode(key, wanted), work[1], "work")
            if mode is not None:
                self.parts.add("mode", mode[1], mode[0].words)
        elif mode is not None:
            self._set("mode", mode[1], mode[0].words)
        elif (unwanted := self._unwanted_mode()) is not None:
            self._set("mode", unwanted[1], unwanted[0])
        elif moody is not None:
            self._set("mode", moody[2]["mode"], moody[1], moody[0])

    def _unwanted_mode(self) -> tuple[str, str] | None:
        """Of somebody who wants no minor: the words, and the other mode."""
        modes = ((item, entry.id) for item in self.draft.unwanted if (entry := item.entry("mode")) is not None)
        return next(((item.words, OTHER_MODE[mode]) for item, mode in modes if mode in OTHER_MODE), None)

    # --- tempo and length ----------------------------------------------------------------------------------------

    def tempo(self) -> None:
        """A number, a word, slower or faster than what is meant, or what a mood makes of it."""
        found, entry, compared = self.draft.first("tempo"), self.draft.entry("tempo"), self._compared()
        if found is not None:
            self._set("tempo", found.value, found.words, found.how)
        elif entry is not None:
            factor = FACTORS.get(compared[1]) if compared is not None and compared[0].first < entry[0].first else None
            pace = self.tables["tempos"][entry[1]]
            self._set("tempo", _paced(pace * factor) if factor else pace, entry[0].words)  # "slower than andante"
        else:
            base = next(
                (row[2]["tempo"] for row in self._tables() if row[0] in ("work", "genre") and "tempo" in row[2]), None
            )
            moody = next((row for row in self._tables() if row[0] == "mood" and "tempo" in row[2]), None)
            factor = FACTORS.get(compared[1]) if compared is not None else None
            if compared is not None:
                self.parts.add("compare", compared[1], compared[0].words)
            if factor is not None and compared is not None:
                self._set("tempo", _paced((base or USUAL_TEMPO) * factor), compared[0].words, "guess")
            elif moody is not None:
                swing = min(1.25, max(0.7, moody[2]["tempo"] / USUAL_TEMPO))
                self._set("tempo", _paced(base * swing if base else moody[2]["tempo"]), moody[1], "mood")
            elif base is not None and any(row[0] == "work" for row in self._tables()):
                self._set("tempo", base, self._tables()[0][1], "work")

    def _compared(self) -> tuple[Item, str] | None:
        """How fast, beside something; else how long."""
        compared = self.draft.entries("compare")
        return next((each for each in compared if each[1] in FACTORS), compared[0] if compared else None)

    def length(self) -> None:
        """Bars, or so many as last as long as was said; a form and chords have their least."""
        found, seconds = self.draft.first("bars"), self.draft.first("seconds")
        size = next((each for each in self.draft.entries("size") if each[1] != NO_SIZE), None)
        if found is not None:
            self._set("bars", found.value, found.words, found.how)
        elif seconds is not None:
            self.values["seconds"] = seconds.value
            self.parts.add("seconds", seconds.value, seconds.words)
            self._last(seconds.value, seconds.words)
        elif size is not None:
            self._set("bars", int(size[1]), size[0].words, "guess")

    def _last(self, seconds: int, words: str) -> None:
        """Bars for a length in time need a tempo and a metre, which are fixed with them."""
        metre = self.values.get("metre")
        tempo = self.values.get("tempo") or next(
            (row[2]["tempo"] for row in self._tables() if "tempo" in row[2]), USUAL_TEMPO
        )
        if metre is None:
            self._set("metre", COMMON_TIME, words, "guess")
            metre = COMMON_TIME
        if "tempo" not in self.values:
            self._set("tempo", tempo, words, "guess")
        quarters = float(metre.length * 4)
        self._set("bars", within(round(seconds * tempo / 60 / quarters), 1, MAX_BARS), words, "guess")

    # --- the rest ------------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Form, chords, temperament."""
        form, chords = self.draft.first("form"), self.draft.first("chords")
        named, progression = self.draft.entry("form"), self.draft.entry("progression")
        if form is not None:
            self._set("form", form.value, form.words)
        elif named is not None:
            self._set("form", parse_form(named[1]), named[0].words)
        elif (row := next((row for row in self._tables() if row[0] == "genre" and "form" in row[2]), None)) is not None:
            self._set("form", parse_form(row[2]["form"]), row[1], "genre")
        if chords is not None:
            self._set("chords", chords.value, chords.words)
        elif progression is not None:
            self._set("chords", parse_progression(self.tables["progressions"][progression[1]]), progression[0].words)
        self._fit_length()
        daring = next((row for row in self._tables() if row[0] == "mood" and "temperament" in row[2]), None)
        if daring is not None:
            self._set("temperament", daring[2]["temperament"], daring[1], "mood")
        for item, name in self.draft.entries("mood"):
            self.parts.add("mood", name, item.words)

    def _fit_length(self) -> None:
        """A form or chords that do not fit into the bars: these grow, or if they were said the others go."""
        form, chords = self.values.get("form"), self.values.get("chords")
        least = max(_least_of(form), len(chords.bars) if chords else 1)
        bars = self.values.get("bars")
        if least <= (bars or USUAL_BARS):
            return
        if bars is None:
            self._set("bars", least, "", "guess")
            return
        for name, needs in (("form", _least_of(form)), ("chords", len(chords.bars) if chords else 1)):
            if needs > bars:
                self.values.pop(name, None)
                self.parts.drop(name)

    def _set(self, kind: str, value: Any, words: str = "", how: How = "said") -> None:
        self.values[kind] = value
        shown = value.name if isinstance(value, Key) else value
        self.parts.add(kind, shown, words, how)

    def wishes(self, wish: Wish, styling: Styling) -> Wishes:
        """All parts together. wish: what came of the styling."""
        return Wishes(
            said=self.draft.said,
            sort="request",
            style=wish.style,
            players=wish.players,
            genre=styling.genre,
            moods=tuple(dict.fromkeys(name for _, name in self.draft.entries("mood"))),
            lessened=tuple(
                dict.fromkeys(entry.id for item in self.draft.unwanted if (entry := item.entry("mood")) is not None)
            ),
            parts=tuple(self.parts.all),
            excluded=tuple(dict.fromkeys(styling.excluded)),
            apart=styling.apart,
            strangers=tuple(styling.strangers),
            lacking=tuple(dict.fromkeys(styling.lacking)),
            **self.values,
        )


def _paced(tempo: float) -> int:
    return within(round(tempo), TEMPO_MIN, TEMPO_MAX)


def _least_of(form: Form | None) -> int:
    return LEAST_BARS * len(form.sections) if form is not None and len(form.sections) > 1 else 1


def _in_mode(key: Key, mode: str) -> Key:
    """The same tonic in another mode; of one that cannot be printed, the one that sounds the same."""
    other = Key(key.tonic, mode)
    return other if abs(other.fifths) <= MAX_FIFTHS else key_with_fifths(printable_fifths(other.fifths), mode)
