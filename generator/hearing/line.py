"""One bar in the making, heard character by character: what the voice that is written could know at each place.

Promises: the same numbers whether the text comes in one go or in pieces, since every character is taken in turn; what
cannot be read is passed over, nothing is ever refused.
Covered: chords, grace notes (no time, no sound), tuplets, broken rhythm, ties over the barline (which carry an
alteration), overlays, inline keys, metres and units, transposing instruments, percussion (rhythm without pitch), bars
shorter than the metre (the first voice says how long).
Not covered: quarter tones, words in texts, and what sounds from the bar before without a note of its own.

A note counts as it stands so far: behind "c3" a note of three units is over, behind "c3/" one of one and a half.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from generator.errors import NotationError
from generator.hearing.header import WHOLE, Settings, Voices, tonality_of
from generator.hearing.numbers import AT, FLAGS, MEMORY_BARS, OCTAVES
from generator.notation.durations import TUPLET_TIMES
from generator.notation.keys import STEP_PITCHES, STEPS
from generator.notation.limits import read_metre_field
from generator.notation.tune import parse_unit

QUARTER = WHOLE // 4
SLACK = 8  # ticks: what stranger tuplets lose by rounding
LONGEST = 64 * WHOLE
MOST_LENGTH_CHARS = 8
LOWEST_OCTAVE = -3  # of OCTAVES, counted from middle C upwards
LETTERS = {letter: (0, step) for step, letter in enumerate(STEPS)}
LETTERS |= {letter.lower(): (1, step) for step, letter in enumerate(STEPS)}
SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
DIGITS = frozenset("0123456789")

Event = tuple[int, int, tuple[int, ...]]  # from, until, semitones above middle C as they sound; none for a rest
_FLAG = {name: 1 << AT["flags"] + place for place, name in enumerate(FLAGS)}
_AT_SOUNDING, _AT_LOWEST, _AT_HIGHEST, _AT_NEXT = AT["sounding"], AT["lowest"], AT["highest"], AT["next"]
_AT_LAST, _AT_CHORD, _AT_BAR, _AT_REMEMBERED, _AT_STRUCK = (
    AT[name] for name in ("last", "chord", "bar", "remembered", "struck")
)
_AT_PLACE, _AT_LEFT, _AT_NEXT_IN = AT["place"], AT["left"], AT["next_in"]
_MOST_LEFT, _MOST_NEXT = 15, 8  # half units
_COUNTED_BEFORE, _FOLLOWING = 8, (0, 1, 2, 3, 7)


@dataclass(frozen=True)
class FinishedBar:
    """What is remembered of a bar: each voice's events, and what sounded when it ended, as it sounds."""

    events: Mapping[str, Sequence[Event]]
    end: tuple[int, ...]


@lru_cache(maxsize=4096)
def _units(text: str) -> Fraction:
    """The number behind a note: "3/2", "//" or nothing; 1 for what is none."""
    numerator, slash, denominator = text.partition("/")
    slashes = len(slash) + len(denominator) - len(denominator.lstrip("/"))
    denominator = denominator.lstrip("/")
    parts = int(denominator) if denominator.isdigit() else 2**slashes
    return Fraction(int(numerator) if numerator.isdigit() else 1, parts) if parts else Fraction(1)


class Line:
    """One bar while it is written. bars: those before it; settings: what holds at its beginning, which change with it.

    `take` the characters one by one; `row` says what is known behind them.
    """

    def __init__(self, voices: Voices, bars: Sequence[FinishedBar], settings: Settings) -> None:
        self.voices, self.bars, self.settings = voices, bars, settings
        self.finished: dict[str, list[Event]] = {}
        self.others: list[list[Event]] = []
        self.before_bracket: tuple[dict[int, int], list[int]] = {}, []
        self.bar_length: int | None = None  # of the first voice that is finished
        self.voice: str | None = None
        self.phrase = 0
        self.closing = ""  # what ends the text or decoration that is open
        self.field: str | None = None  # what is written of an open field
        self.opened: str | None = None  # what follows a bracket of which it is not clear yet what it opens
        self._begin_layer()

    def _begin_layer(self) -> None:
        """The voice's bar begins, or begins again behind `&`."""
        self.onset = self.length = 0
        self.events: list[Event] = []
        self.tuplets: list[list[int]] = []  # times, notes, notes left
        self.tuplet_text: str | None = None
        self.broken: Fraction | None = None
        self.unbroken = 0  # length of the last note before `>`
        self.breaks = 0
        self.sign = ""
        self.kind = ""  # of the word that may still get longer: note, rest, chord
        self.number = ""  # behind it
        self.base = Fraction(1)
        self.steps = self.octave = self.step = 0
        self.signed = ""
        self.chord: list[int] | None = None
        self.chord_base: Fraction | None = None
        self.grace = False
        self.written: list[int] = []  # the steps of the last note or chord
        self.tied: dict[int, int] = {}
        self.alterations: dict[int, int] = {}

    # --- what comes ------------------------------------------------------------------------------------------------

    def take(self, char: str) -> None:
        """One more character."""
        if self.closing:
            if char == self.closing or (char == "|" and self.closing != '"'):
                self.closing = ""
        elif self.field is not None:
            if char == "]":
                words, self.field = self.field, None
                self._read_field(words[:1], words[2:])
            else:
                self.field += char
        elif self.voice is None:
            if char == "[":
                self.field = ""
        else:
            self._take_music(char)

    def _take_music(self, char: str) -> None:
        if self.opened is not None and self._decide_bracket(char):
            return
        if char in LETTERS:
            self._begin_note(char)
        elif char in DIGITS or char == "/":
            self._take_number(char)
        elif char in "^_=":
            self._close()
            self.sign = (self.sign + char)[:2]
        elif char in "',":
            if self.kind == "note" and not self.number:
                self.octave += 1 if char == "'" else -1
                self._pitch()
        elif char == ":" and self.tuplet_text:
            self.tuplet_text += char
        else:
            self._close()
            self._take_sign(char)

    def _take_sign(self, char: str) -> None:
        """Anything that is no part of a note."""
        take = _SIGNS.get(char)
        if take is not None:
            take(self, char)

    def _open_text(self, char: str) -> None:
        self.closing = char

    def _open_bracket(self, _char: str) -> None:
        self.opened = ""

    def _open_or_end_grace(self, char: str) -> None:
        self.grace = char == "{"

    def _open_slur_or_tuplet(self, _char: str) -> None:
        self._end_tuplet_text()
        self.tuplet_text = "("

    def _decide_bracket(self, char: str) -> bool:
        """What a bracket opens shows behind it; whether that was all there is to do."""
        opened, self.opened = self.opened, None
        if opened:
            if char == ":":
                self.chord = self.chord_base = None
                self.kind, self.field = "", f"{opened}:"
                self.tied, self.written = self.before_bracket
                return True
            return False
        if char in "|]" or char in DIGITS:
            return True  # a barline or an ending
        self.before_bracket = self.tied, self.written
        self.chord, self.tied, self.written = [], {}, []
        if char.isalpha():
            self.opened = char
        return False

    def _read_field(self, letter: str, words: str) -> None:
        """A field is complete."""
        if letter == "V":
            self._end_voice()
            self._begin_voice(words)
        elif letter == "r":
            self.phrase = _phrase(words)
        elif self.voice is not None and letter in "KML":
            try:
                self._change(self.voice, letter, words)
            except NotationError:
                return
            self._look_around()

    def _change(self, voice: str, letter: str, words: str) -> None:
        """Key, metre or unit change. Raises NotationError."""
        settings = self.settings
        if letter == "M":
            settings.metre = read_metre_field(words)
        elif letter == "L":
            settings.units[voice] = int(parse_unit(words) * WHOLE)
        elif (tonality := tonality_of(words)) is not None:
            settings.tonalities[voice] = tonality
            # Voices that rest in this bar are not told, but mean the same from here on.
            if self.voices.all_sound_as_written:
                settings.tonality = tonality
                settings.tonalities.clear()

    # --- voices ----------------------------------------------------------------------------------------------------

    def _begin_voice(self, name: str) -> None:
        self.voice = name
        self.held = self.settings.held.get(name, {})
        self._begin_layer()
        self.tied = dict(self.held)
        self.rests = False
        self.own = 0  # pitch classes of the bar
        self.shift = self.voices.raised.get(name, 0)
        self.unpitched = name in self.voices.unpitched
        self.last = self.settings.last.get(name)
        self.remembered = [
            (self.bars[-ago].events.get(name) or ()) if ago <= len(self.bars) else () for ago in MEMORY_BARS
        ]
        self._look_around()

    def _end_layer(self, _char: str = "&") -> None:
        """`&`: what was written sounds beside what follows."""
        assert self.voice is not None
        self.finished.setdefault(self.voice, []).extend(self.events)
        self.others.append(self.events)
        if self.bar_length is None:
            self.bar_length = self.onset
        self._begin_layer()
        self._look_around()

    def _end_voice(self, _char: str = "") -> None:
        if self.voice is None:
            return
        self._close()
        name, tied, last = self.voice, self.tied, self.last
        self._end_layer()
        self.settings.held[name] = tied
        if last is not None:
            self.settings.last[name] = last
        self.voice = None

    def finish(self) -> FinishedBar:
        """What is remembered of the bar when its last character is there."""
        self._end_voice()
        ends = [events[-1][1] for events in self.others if events]
        end = max(ends, default=0) - SLACK
        sounding = {
            pitch for events in self.others for _, until, pitches in events if until >= end for pitch in pitches
        }
        return FinishedBar(self.finished, tuple(sorted(sounding)))

    # --- notes -----------------------------------------------------------------------------------------------------

    def _begin_note(self, char: str) -> None:
        self._close()
        self._end_tuplet_text()
        self.octave, self.step = LETTERS[char]
        self.kind, self.number, self.base = "note", "", Fraction(1)
        self.signed, self.sign = self.sign, ""
        if self.chord is None and not self.grace:
            self.tied, self.rests = {}, False
        self._pitch()

    def _pitch(self) -> None:
        """The note as it stands."""
        self.steps = 7 * self.octave + self.step
        self.alteration = self._alteration()
        if self.grace:
            return
        self.last = 12 * self.octave + STEP_PITCHES[self.step] + self.alteration
        if self.chord is None:
            self._measure()

    def _alteration(self) -> int:
        if self.signed:
            return SIGNS.get(self.signed, 0)
        if self.onset == 0 and self.steps in self.held:
            return self.held[self.steps]
        return self.alterations.get(self.steps, self.tonality[0][self.step])

    def _begin_rest(self, char: str) -> None:
        self._end_tuplet_text()
        if self.chord is not None:
            self.kind, self.number = "inner rest", ""
            return
        self.kind, self.number, self.base = "rest", "", Fraction(1)
        self.tied, self.rests, self.written = {}, True, []
        if char in "ZX" and self.settings.metre is not None:
            self.base = self.settings.metre.length * WHOLE / self.unit
        self._measure()

    def _take_number(self, char: str) -> None:
        if self.tuplet_text is not None and char != "/":
            self.tuplet_text += char
        elif self.kind and len(self.number) < MOST_LENGTH_CHARS:
            self.number += char
            if self.chord is None and not self.grace:
                self._measure()

    def _measure(self) -> None:
        """How long the word lasts as it stands."""
        if self.number or self.tuplets or self.broken is not None or self.base != 1:
            length = self.base * _units(self.number) * self.unit
            for times, notes, _left in self.tuplets:
                length = length * times / notes
            if self.broken is not None:
                length *= self.broken
            self.length = min(LONGEST, round(length))
        else:
            self.length = self.unit

    def _close(self) -> None:
        """The word that could get longer is complete."""
        kind = self.kind
        if not kind:
            return
        self.kind = ""
        if kind == "note" and self.signed:
            self.alterations[self.steps] = self.alteration
        if self.grace:
            return
        if self.chord is not None:
            if self.chord_base is None:
                self.chord_base = _units(self.number)
            if kind == "note" and self.last is not None:
                self.chord.append(self.last)
                self.written.append(self.steps)
            return
        pitches: list[int] = []
        if kind == "note" and self.last is not None:
            self.written, pitches = [self.steps], [self.last]
        elif kind == "chord":
            pitches = self.chord_pitches
        self._add_event(() if self.unpitched else tuple([pitch + self.shift for pitch in pitches]))
        for pitch in pitches:
            self.own |= 1 << _AT_BAR + pitch % 12

    def _add_event(self, pitches: tuple[int, ...]) -> None:
        self.events.append((self.onset, self.onset + self.length, pitches))
        self.onset = min(LONGEST, self.onset + self.length)
        self.unbroken, self.breaks, self.broken = self.length, 0, None
        self.length = 0
        if self.tuplets:
            for tuplet in self.tuplets:
                tuplet[2] -= 1
            self.tuplets = [tuplet for tuplet in self.tuplets if tuplet[2] > 0]

    def _end_chord(self, _char: str) -> None:
        if self.chord is None:
            return
        self.chord_pitches = self.chord
        self.chord = None
        self.kind, self.number, self.base = "chord", "", self.chord_base or Fraction(1)
        self.chord_base, self.signed, self.rests = None, "", False
        self._measure()

    def _tie(self, _char: str) -> None:
        """The last note or chord is tied to the next; inside a chord its last note."""
        steps = self.written[-1:] if self.chord is not None else self.written
        for one in steps:
            self.tied[one] = self.alterations.get(one, self._unmarked(one))

    def _unmarked(self, steps: int) -> int:
        held = self.held.get(steps) if len(self.events) <= 1 else None
        return self.tonality[0][steps % 7] if held is None else held

    def _end_tuplet_text(self) -> None:
        """Behind `(3:2` a note comes: the tuplet begins; a bare `(` is a slur."""
        text, self.tuplet_text = self.tuplet_text, None
        if not text or len(text) < 2:
            return
        numbers = [int(part) if part.isdigit() and len(part) < 3 else 0 for part in text[1:].split(":")]
        notes, times, covered = [*numbers, 0, 0][:3]
        if not notes:
            return
        metre = self.settings.metre
        times = times or TUPLET_TIMES.get(notes) or (3 if metre and metre.compound else 2)
        self.tuplets.append([times, notes, covered or notes])

    def _break(self, char: str) -> None:
        """`>` behind a note: it gets longer, the next shorter."""
        if not self.events or self.breaks >= 3:
            return
        self.breaks += 1
        short = Fraction(1, 2**self.breaks)
        before, self.broken = (2 - short, short) if char == ">" else (short, 2 - short)
        start, _, pitches = self.events[-1]
        self.onset = start + round(self.unbroken * before)
        self.events[-1] = (start, self.onset, pitches)

    # --- what is known ---------------------------------------------------------------------------------------------

    def row(self) -> int:
        """What is known behind the characters so far: number i is bit i."""
        if self.voice is None:
            return self.phrase
        now = self.onset + self.length
        moment = self.moments.get(now)
        if moment is None:
            moment = self.moments[now] = self._moment(now)
        known = moment | self.scene | self.own | self.phrase
        if self.last is not None:
            known |= _LAST[self.last] if -60 < self.last < 72 else 0
        if self.chord is not None:
            known |= _FLAG["in_chord"]
            for pitch in self.chord:
                known |= 1 << _AT_CHORD + pitch % 12
        if self.rests:
            known |= _FLAG["rests"]
        if self.tied:
            known |= _FLAG["tied"]
        if self.tuplets:
            known |= _FLAG["in_tuplet"]
        return known

    def _look_around(self) -> None:
        """What stays the same for a while: called when a voice begins, or a field changes what holds."""
        assert self.voice is not None
        settings = self.settings
        self.tonality = settings.tonalities.get(self.voice, settings.tonality)
        self.unit = settings.units.get(self.voice, settings.unit)
        self.target = self.bar_length
        if self.target is None and settings.metre is not None:
            self.target = int(settings.metre.length * WHOLE)
        scene = _FLAG["in_music"] | 1 << AT["signature"] + self.tonality[1] * 7 % 12
        if settings.metre is not None and settings.metre.compound:
            scene |= _FLAG["compound"]
        for events in self.others:
            for _, _, pitches in events:
                scene |= self._classes(pitches, _AT_BAR)
        if self.bars and self.bars[-1].end:
            end = self.bars[-1].end
            scene |= self._classes(end, AT["before"]) | self._classes(end[:1], AT["bass_before"])
        self.scene = scene
        self.moments: dict[int, int] = {}

    def _classes(self, pitches: Sequence[int], start: int) -> int:
        """Pitch classes as this voice would write them, in the group that begins at `start`."""
        known = 0
        for pitch in pitches:
            known |= 1 << start + (pitch - self.shift) % 12
        return known

    def _moment(self, now: int) -> int:
        """What the place in the bar says, and what sounds and sounded there."""
        known, soon = self._next(now)
        sounding = [(start, pitches) for start, pitches in self._at(now, self.others) if pitches]
        if sounding:
            pitches = [pitch for _, chord in sounding for pitch in chord]
            lowest = min(pitches)
            known |= self._classes(pitches, _AT_SOUNDING)
            known |= self._classes((lowest,), _AT_LOWEST) | self._classes((max(pitches),), _AT_HIGHEST)
            known |= 1 << AT["lowest_octave"] + _octave(lowest)
            if max(start for start, _ in sounding) >= now - SLACK:
                known |= _FLAG["struck_now"]
        for number, events in enumerate(self.remembered):
            for start, chord in self._at(now, (events,)):
                known |= self._classes(chord, _AT_REMEMBERED + 12 * number)
                if start >= now - SLACK:
                    known |= 1 << _AT_STRUCK + number
        return known | self._place(now) | self._waits(soon - now)

    def _at(self, now: int, layers: Sequence[Sequence[Event]]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """What goes on at a moment: since when, and its pitches."""
        at = now + SLACK
        for events in layers:
            for start, until, pitches in events:
                if start > at:
                    break
                if until > at:
                    yield start, pitches

    def _next(self, now: int) -> tuple[int, int]:
        """What the other voices begin next, and when."""
        known, soon = 0, LONGEST
        for events in self.others:
            for start, _, pitches in events:
                if start > now + SLACK and pitches:
                    if start <= soon + SLACK:
                        known = self._classes(pitches, _AT_NEXT) | (known if start >= soon - SLACK else 0)
                        soon = min(soon, start)
                    break
        return known, soon

    def _place(self, now: int) -> int:
        quarters, rest = divmod(now + SLACK, QUARTER)
        twelfth, between = divmod(rest, QUARTER // 12)
        known = 1 << _AT_PLACE + min(quarters, 7) | 1 << _AT_PLACE + 8 + twelfth
        if between > 2 * SLACK:
            known |= 1 << _AT_PLACE + 20
        if self.target is None:
            return known
        left = self.target - now
        half_units = -(-(left - SLACK) * 2 // self.unit)
        return known | 1 << _AT_LEFT + (min(half_units, _MOST_LEFT + 1) if left > SLACK else 0 if left > -SLACK else 17)

    def _waits(self, ticks: int) -> int:
        """How long until another voice has a note."""
        if ticks >= LONGEST // 2:
            return 1 << _AT_NEXT_IN + _MOST_NEXT + 1
        half_units = -(-(ticks - SLACK) * 2 // self.unit)
        return 1 << _AT_NEXT_IN + min(max(half_units, 1), _MOST_NEXT + 1) - 1


def _octave(pitch: int) -> int:
    return max(0, min(OCTAVES - 1, pitch // 12 - LOWEST_OCTAVE))


_LAST = {pitch: 1 << _AT_LAST + pitch % 12 | 1 << AT["last_octave"] + _octave(pitch) for pitch in range(-60, 72)}


def _phrase(words: str) -> int:
    """What a countdown "3/12" says."""
    before, _, following = words.partition("/")
    if not (before.isdigit() and following.isdigit()):
        return 0
    kind = next((place for place, most in enumerate(_FOLLOWING) if int(following) <= most), len(_FOLLOWING))
    return 1 << AT["phrase"] + int(before) % _COUNTED_BEFORE | 1 << AT["phrase"] + _COUNTED_BEFORE + kind


_SIGNS: Mapping[str, Callable[[Line, str], None]] = {
    **dict.fromkeys("zxZX", Line._begin_rest),
    **dict.fromkeys('"!+', Line._open_text),
    **dict.fromkeys("{}", Line._open_or_end_grace),
    **dict.fromkeys("<>", Line._break),
    "[": Line._open_bracket,
    "]": Line._end_chord,
    "-": Line._tie,
    "(": Line._open_slur_or_tuplet,
    "&": Line._end_layer,
    "\n": Line._end_voice,
}
