"""The leave that one piece gives its next characters: the engine's guard, asked before a character stays.

Promises: what it says depends on this piece's own text only, so the same piece comes whoever else is in the batch.
A character is held back if no continuation of it can make the bar right (`line.py`); a note that clashes with another
voice is held back in a share of the cases, decided by its place (`clashes.py`), and so is one that makes forbidden
parallels (`parallels.py`) or strays from a chord that is wished for (`harmony.py`); what the piece would go on with if
it said again what it has said before is expected (`recall.py`).
Not covered: what becomes of a voice that turns out wrong all the same (`generator.writing.draft`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from zlib import crc32

from generator.critic.sounding import MIDDLE_C
from generator.errors import NotationError
from generator.guard.clashes import clashes, share_let_through
from generator.guard.harmony import Harmony
from generator.guard.home import NOTHING_HELD, Home, time_by_class
from generator.guard.line import CLOSINGS, Line
from generator.guard.parallels import (
    LastPitches,
    follows_bass,
    has_parallels,
    leads_into_parallel,
    makes_parallel,
)
from generator.guard.place import NOTE_LETTERS, Moment, Place, Places, moments_of, pitch_of
from generator.guard.reach import NOTE_ENDS, NOTES, OPEN, Reach, Window, Windows, before_note
from generator.guard.reading import Readings
from generator.guard.recall import Passages, Recall, Trust
from generator.guard.rhythm import expected, goes_on, model_of
from generator.guard.spacing import Above, window_of
from generator.guard.states import states_of
from generator.guard.staying import STAYING, stays
from generator.guard.time_left import Target, target_of
from generator.hearing.ear import Ear
from generator.model.patches import EOS
from generator.model.sampling_settings import Hint
from generator.notation import Bar, BarChecker, Header, VoiceBar
from generator.notation.checks import PLAIN_BARLINE, barlines, opening_metre
from generator.notation.keys import STEP_PITCHES
from generator.notation.pitches import ACCIDENTALS
from generator.notation.signatures import signature_in
from generator.notation.tune import read_bar
from generator.planning.spans import beat_of, chord_tones
from generator.planning.stay import NOTHING_STAYS, Stay

# A voice in which the guard held back what the model wanted, and left it this little choice (in bits), is sampled
# again instead of being led to an end that makes no music; with every try a little more is tolerated.
STRAIN_BITS, STRAINED_TRIES = 4.0, 5
# In a long voice's bar as little is amiss with a few bits more: so many for each patch of it.
STRAIN_BITS_PER_PATCH = 1.0
# A voice that was tried so often may do what it wants, as far as it is right.
STRICT_TRIES = 6
# Of the natural sevenths that might as well be leading notes, so many are held back, and so much likelier an accidental
# becomes. People raise two in five.
RAISED_SHARE, RAISED_LOG_ODDS = 0.35, 0.5
RESTS = frozenset("zx")
SIGNS_BEFORE_NOTES = ("^", "_", "=")
ORNAMENTS = frozenset("JMOPRST~")  # one letter each; choirs have none
SIGN_QUOTES = frozenset('"!')
BARLINE_CHARS = frozenset("|:]12")
MOST_NOTES_HELD = 7  # letters, of which there are no more; if none suits, anything may come
ODD_NOTES = frozenset(("^E", "^B", "_C", "_F"))  # what a small network spells like this is nearly always a slip
NOTE_FOLLOWS = frozenset(" ]([|0123456789/ABCDEFGabcdefg,'")  # what a note may stand behind
NO_MODEL = ("", "")
NO_PAIRS: Mapping[str, Sequence[str]] = {}
LEAST_SHARE = 1e-9  # of the probability: what is left is never called less
CERTAIN = 20.0  # log odds of the only character that may come


@dataclass
class Strain:
    """How much of a voice is the guard's will.

    bits: of choice taken so far, by what cannot be right; patches: of the voice that are finished; impossible: what
    cannot be right as the next character.
    """

    bits: float = 0.0
    patches: int = -1
    impossible: set[int] = field(default_factory=set)


class Leave:
    """The guard of one piece; `begin_bar`, `begin_voice` and `begin_patch` tell it where the piece is.

    fixed_fields: letters of the fields that may not change. clash_share: so many of the notes that clash with another
    voice are let through. trust: how far the piece's own earlier bars are believed; None: not at all. plain_barlines:
    whether double barlines and repeats are somebody else's business. pairs: for each voice those that it does not go in
    parallel with. above: for each singer of a choir the voice above. reach: what the players can play; None: anything.
    held_back_chars: how often the model was kept from what it wanted.
    """

    def __init__(
        self,
        header: Header,
        checker: BarChecker,
        *,
        fixed_fields: frozenset[str] = frozenset(),
        clash_share: float = 1.0,
        trust: Trust | None = None,
        reach: Reach | None = None,
        plain_barlines: bool = False,
        pairs: Mapping[str, Sequence[str]] = NO_PAIRS,
        above: Mapping[str, Above] | None = None,
    ) -> None:
        self.header, self.fixed_fields, self.clash_share, self.trust = header, fixed_fields, clash_share, trust
        self.reach = reach
        self.plain_barlines, self.pairs = plain_barlines, pairs
        self.above = above or {}
        self.recall = Recall()
        self.ear: Ear | None = None  # made for networks that listen
        self.held_back_chars = 0
        self._times: dict[str, tuple[float, ...]] = {}  # how long each pitch class sounds in a bar, by its text
        self._held: tuple[str, frozenset[str]] = ("", frozenset())  # where notes were held back last, and which
        self.strain = Strain()
        self.begin_bar([], checker, is_last=False)

    # --- where the piece is ----------------------------------------------------------------------------------------

    def begin_bar(
        self,
        bars: Sequence[Bar],
        checker: BarChecker,
        *,
        is_last: bool,
        is_new: bool = False,
        harmony: Harmony | None = None,
        stay: Stay = NOTHING_STAYS,
    ) -> None:
        """A bar begins (again) behind these.

        checker: has accepted them; is_last: no bar follows it; is_new: it is to say nothing that was said before;
        harmony: what its chords shall be; stay: what of it stands already, or how long its notes are.
        """
        self.checker, self.is_last, self.is_new, self.harmony = checker, is_last, is_new, harmony
        self.models = {voice: model_of(music) for voice, music in stay.rhythms.items()}
        self.voices = stay.melody or tuple(voice.id for voice in self.header.voices)
        self.length = length_instead_of(stay.instead_of, checker)
        self.signature = signature_in(self.header, bars)
        self.readings = Readings(states_of(self.header.unit, checker.metre))
        closings = (PLAIN_BARLINE,) if self.plain_barlines else CLOSINGS
        self.line = Line(self.voices, self._target_behind, self.readings, closings=closings)
        self.places = None
        if self.signature is not None:
            self.places = Places(self.signature, self.readings, beside=self.moments_in(stay.tail))
        self.before = self._last_pitches(bars[-1]) if bars else {}
        self.strays = self._strays(bars)
        self.raising = self._raising_sign()
        self.bars_before = tuple(bars)
        self.ear_knows_bars = False
        if self.trust is not None:
            self.recall.learn([str(bar) for bar in bars])
        self.begin_voice()
        self.begin_patch("", ended=False, tries=0)

    def begin_voice(self) -> None:
        """A voice's bar begins (again)."""
        self.strain = Strain()

    def begin_patch(self, line: str, *, ended: bool, tries: int) -> None:
        """A patch begins behind this part of the line; ended: its last voice is finished; tries: of this voice."""
        self.line.begin_patch(line, ended=ended)
        self.tries = tries
        self.strain.patches += 1

    @property
    def is_strained(self) -> bool:
        """Whether too much of this voice is the guard's will instead of the model's."""
        borne = STRAIN_BITS * (1 + self.tries) + STRAIN_BITS_PER_PATCH * self.strain.patches
        return self.tries < STRAINED_TRIES and self.strain.bits > borne

    # --- what the engine asks --------------------------------------------------------------------------------------

    def allows(self, written: bytes, char: int) -> bool:
        """Whether the patch that begins with `written` may go on with `char`."""
        text = written.decode("ascii")
        letter, line = "" if char == EOS else chr(char), self.line.text + text
        model, music = self._model_at(line) if self.models else NO_MODEL
        if model and not goes_on(model, music, letter):
            return False
        if not self.line.allows(text, char):
            if not (model or self._is_of_no_weight(line, letter)):
                self.strain.impossible.add(char)
            return False
        if letter in SIGNS_BEFORE_NOTES and not self._is_in_sign(line) and not self._may_be_followed(line + letter):
            return False
        return self._reaches(line, letter) and self._suits(line, letter)

    def _may_be_followed(self, line: str) -> bool:
        """Whether any note may come behind an accidental: nothing else can."""
        held = self._held
        found = any(self._reaches(line, letter) and self._suits(line, letter) for letter in sorted(NOTE_LETTERS))
        self._held = held
        return found

    def _is_of_no_weight(self, line: str, letter: str) -> bool:
        """Whether what is wrong here says nothing about the notes: the words of a text or sign, or a kind of barline.

        A rhythm that is kept is the guard's will from its first note, too; the caller knows that.
        """
        if self.plain_barlines and letter and letter in BARLINE_CHARS and line.endswith(("|", ":")):
            return True
        return self._is_in_sign(line)

    def hint(self, written: bytes) -> Hint | None:
        """The character with which the piece would say again what it has said before, unless it clashes here."""
        text = written.decode("ascii")
        line = self.line.text + text
        if self.models and (only := expected(*self._model_at(line))):
            return Hint(ord(only), CERTAIN, 0.0)
        if (raised := self._raised(line)) is not None:
            return raised
        if self.trust is None:
            return None
        said = self.recall.expect(self.line.text, text)
        if self.is_new:  # only where ties lead
            said = {char: Passages(tie=passages.tie) for char, passages in said.items() if passages.tie}
        hint = self.trust.hint(said)
        if hint is None or not self._reaches(line, chr(hint.char)):
            return None
        return None if self._clashes(line, chr(hint.char)) else hint

    def _is_in_sign(self, line: str) -> bool:
        """Whether a line stops within a text or a decoration."""
        return self.readings.of(line).state.is_in_sign

    def _reaches(self, line: str, letter: str) -> bool:
        return self.reach is None or self.reach.allows(line, letter, self.signature, self._windows(line, letter))

    def _windows(self, line: str, letter: str) -> Windows:
        """What the voices above leave to a singer of a choir."""
        if not self.above or self.tries >= STRICT_TRIES:
            return OPEN
        here = self._place(before_note(line)) if line[-1:] in NOTE_ENDS else None
        behind = self._place(line) if letter in NOTES else None
        return self._window_at(here), self._window_at(behind)

    def _window_at(self, place: Place | None) -> Window | None:
        return None if place is None else window_of(place, self.above)

    def _model_at(self, line: str) -> tuple[str, str]:
        """The model of the voice that a line ends in, "" if it follows none, and what the voice has so far."""
        if not self.models or self.tries >= STRICT_TRIES:
            return "", ""
        voice, closed, music = line.rpartition("[V:")[2].partition("]")
        return (self.models.get(voice, "") if closed else ""), music

    def hears(self, written: bytes) -> bytes:
        """What is known about what sounds and where the voice is: see `generator.hearing`."""
        if self.ear is None:
            self.ear = Ear(self.header)
        if not self.ear_knows_bars:
            self.ear.learn([str(bar) for bar in self.bars_before])
            self.ear_knows_bars = True
        return self.ear.hears(self.line.text + written.decode("ascii"))

    def held_back(self, chances: Mapping[int, float]) -> None:
        """The model was kept from what it wanted; see STRAIN_BITS. What is only shunned is no strain."""
        self.held_back_chars += 1
        taken = sum(chance for char, chance in chances.items() if char in self.strain.impossible)
        self.strain.bits -= math.log2(max(1 - taken, LEAST_SHARE))
        self.strain.impossible.clear()

    # --- what sounds together --------------------------------------------------------------------------------------

    def _place(self, line: str) -> Place | None:
        """Where the next note of a line would be; None where that cannot be read."""
        return None if self.places is None else self.places.behind(line)

    def _last_pitches(self, bar: Bar) -> LastPitches:
        """What each voice plays at the end of a bar."""
        if self.signature is None or not self.pairs:
            return {}
        moments = self.moments_in(bar.voices)
        ends = max((end for played in moments.values() for _, end, _ in played), default=None)
        last = {voice: [pitch for _, end, pitch in played if end == ends] for voice, played in moments.items()}
        return {voice: max(pitches) for voice, pitches in last.items() if pitches}

    def moments_in(self, voices: Sequence[VoiceBar]) -> dict[str, tuple[Moment, ...]]:
        """When which pitches sound in finished voices, by voice; nothing of what cannot be read."""
        if self.signature is None:
            return {}
        unit, metre = self.header.unit, self.checker.metre
        return {
            voice.voice: moments_of(_without_barline(voice), signature=self.signature, unit=unit, metre=metre)
            for voice in voices
        }

    def sounding_in(self, bar: Bar, now: Fraction) -> list[int]:
        """What sounds at a moment of a finished bar, in semitones above middle C; nothing if it cannot be read."""
        played = self.moments_in(bar.voices).values()
        return [pitch for moments in played for start, end, pitch in moments if start <= now < end]

    def goes_in_parallel(self, bar: Bar) -> bool:
        """Whether voices of a finished bar move in parallel that should not."""
        return has_parallels(self.moments_in(bar.voices), pairs=self.pairs, before=self.before, beat=self._beat)

    def can_play(self, bar: Bar) -> bool:
        """Whether the players can reach all notes of a finished bar."""
        if self.reach is None or self.signature is None:
            return True
        return all(
            limits.hold(MIDDLE_C + pitch)
            for voice, moments in self.moments_in(bar.voices).items()
            if (limits := self.reach.limits.get(voice)) is not None
            for _, _, pitch in moments
        )

    def _suits(self, line: str, letter: str) -> bool:
        """Whether a character may come for what sounds. Where a note was held back, another note has to come."""
        place, held = self._held
        held = held if place == line else frozenset()
        if self.above and letter and letter in ORNAMENTS:
            return line.endswith("[") or self._is_in_sign(line)  # a field, a word
        if len(held) >= MOST_NOTES_HELD:
            return True
        if held and letter not in NOTE_LETTERS:
            return letter == self.raising and not line.endswith(letter) and self._raised(line) is not None
        if not self._shuns(line, letter):
            return True
        if letter in NOTE_LETTERS:
            self._held = (line, held | {letter.upper()})
        return False

    def _shuns(self, line: str, letter: str) -> bool:
        """Whether a note is held back for what sounds beside it: decided by its place, so a piece stays the same."""
        if letter and letter in RESTS:
            return self._needs_bass(line)
        if letter and letter in "^_" and line.endswith(letter):
            # Without a signature a double accidental is a slip: it would be a letter that needs none.
            return self.harmony is not None and self.signature is not None and not any(self.signature)
        if letter not in NOTE_LETTERS or self.signature is None or (place := self._place(line)) is None:
            return False
        if self.harmony is not None and (line[-1:] + letter).upper() in ODD_NOTES:
            return True
        pitch = pitch_of(letter, line, self.signature)
        if self.tries < STRICT_TRIES and self._breaks_rule(place, pitch):
            return True
        chance = _share(f"{self.tries}{line}{letter}")
        if self._is_unraised(place, pitch):
            return chance < RAISED_SHARE
        if self._strays_at(place, pitch, line):
            return True
        if self.above and stays(place, pitch, before=self.before) and _share(letter + line) >= STAYING:
            return True
        if self.clash_share >= 1 or not clashes(place, pitch):
            return False
        return chance >= share_let_through(place, pitch, share=self.clash_share, beat=self._beat)

    def _breaks_rule(self, place: Place, pitch: int) -> bool:
        """Whether a note makes parallels, or strays from a chord that is wished for, whose bass goes before."""
        harmony = self.harmony
        if harmony is not None and harmony.dictates(place):
            return not harmony.agrees(place, pitch)
        if self.pairs and makes_parallel(place, pitch, pairs=self.pairs, before=self.before, beat=self._beat):
            return True
        return harmony is not None and (
            not harmony.agrees(place, pitch) or self._meets_bass_in_parallel(harmony, place, pitch)
        )

    def _meets_bass_in_parallel(self, harmony: Harmony, place: Place, pitch: int) -> bool:
        """Whether a note goes in parallel with the bass that is to come, or the bass will have to, from this note."""
        if (span := harmony.next_bass(place)) is not None:
            others = self.pairs.get(place.voice, ())
            return leads_into_parallel(place, pitch, others=others, then=span.start, bass=span.chord.bass)
        if place.voice not in self.pairs.get(harmony.always_bass, ()):
            return False
        step = harmony.bass_step(place, self.before)
        return step is not None and follows_bass(place, pitch, before=self.before, bass=step)

    # --- the key of the piece --------------------------------------------------------------------------------------

    def _strays(self, bars: Sequence[Bar]) -> tuple[float, ...]:
        """Which share of each pitch class leads further away from the key of the piece than it is already."""
        if self.harmony is None or self.signature is None or not self.harmony.at_home:
            return NOTHING_HELD
        for bar in bars:
            if (text := str(bar)) not in self._times:
                self._times[text] = time_by_class(self.moments_in(bar.voices).values())
        by_bar = [self._times[str(bar)] for bar in bars]
        return Home(self.harmony.tonality).strays([sum(times) for times in zip(*by_bar, strict=True)])

    def _strays_at(self, place: Place, pitch: int, line: str) -> bool:
        """Whether a note is held back since the piece is on its way to another key; chords that are wished for stay."""
        share = self.strays[pitch % len(self.strays)]
        if not share or (self.harmony is not None and chord_tones(self.harmony.spans, place.now) is not None):
            return False
        return _share(f"key {self.tries}{line}{pitch}") < share

    @property
    def _beat(self) -> Fraction | None:
        return beat_of(self.checker.metre) if self.checker.metre else None

    def _needs_bass(self, line: str) -> bool:
        """Whether the lowest part begins a rest where its note says which chord it is."""
        if self.harmony is None or not self.harmony.spans or self.tries >= STRICT_TRIES:
            return False
        place = self._place(line)
        return place is not None and self.harmony.wants_bass(place)

    def _clashes(self, line: str, letter: str) -> bool:
        """Whether a note clashes with another voice; never where the network is believed to hear them all."""
        if letter not in NOTE_LETTERS or self.signature is None or self.clash_share >= 1:
            return False
        place = self._place(line)
        return place is not None and clashes(place, pitch_of(letter, line, self.signature))

    # --- the leading note in minor ---------------------------------------------------------------------------------

    def _raising_sign(self) -> str:
        """How the seventh degree of a minor key is raised: the first character of its accidental; "" in major."""
        if self.harmony is None or self.signature is None or not self.harmony.tonality.is_minor:
            return ""
        subtonic = (self.harmony.tonality.leading_note - 1) % 12
        for step, alteration in enumerate(self.signature):
            if (STEP_PITCHES[step] + alteration) % 12 == subtonic:
                return ACCIDENTALS[alteration + 1][0]
        return ""

    def _is_unraised(self, place: Place, pitch: int) -> bool:
        """Whether a note is the natural seventh where the leading note would do."""
        if not self.raising or self.harmony is None:
            return False
        is_subtonic = (pitch + 1 - self.harmony.tonality.leading_note) % 12 == 0
        return is_subtonic and self.harmony.wants_leading_note(place)

    def _raised(self, line: str) -> Hint | None:
        """The accidental of the leading note, made likelier where it would do."""
        if not self.raising or self.harmony is None or not line or line[-1] not in NOTE_FOLLOWS:
            return None
        place = self._place(line)
        if place is None or self.harmony.tonality.leading_note in place.classes:
            return None
        wanted = self.harmony.wants_leading_note(place)
        return Hint(ord(self.raising), RAISED_LOG_ODDS, 1.0) if wanted else None

    # --- how long a voice's bar may be -----------------------------------------------------------------------------

    def _target_behind(self, text: str) -> Target:
        """How long the bar of a voice has to be that begins behind `text`, a part of the current line."""
        return self._target(self._first_length(text))

    def _first_length(self, text: str) -> Fraction | None:
        """How long the first voice in a part of the line is; None without one, or if it ends within a tuplet."""
        bar = read_bar(text)
        try:
            return self.checker.timing(bar.voices[0]).length if bar and bar.voices else None
        except NotationError:
            return None

    def _target(self, first: Fraction | None) -> Target:
        """first: the length of the line's first voice if there is one, which the others must have too."""
        whole, first = self.checker.bar_length, self.length if first is None else first
        if first is not None or whole is None:
            return target_of(longest=first, exact=first, fixed=self.fixed_fields)
        missing, pickup = self.checker.missing, self.checker.pickup
        # The last bar is what the pickup lacks.
        last = whole - pickup if self.is_last and pickup is not None else None
        return target_of(
            longest=whole,
            most_short=missing if missing is not None else whole if self.checker.section_starts else Fraction(0),
            last=last,
            fixed=self.fixed_fields,
        )


def _share(text: str) -> float:
    """A number from 0 up to 1, always the same for a text."""
    return crc32(text.encode()) / 2**32


def length_instead_of(bar: Bar | None, checker: BarChecker) -> Fraction | None:
    """How long a bar has to be that takes the room of another; None where that one says nothing that could be right."""
    if bar is None or not bar.voices or any(opening_metre(voice.tokens) for voice in bar.voices):
        return None
    try:
        length = checker.timing(bar.voices[0]).length
    except NotationError:
        return None
    whole = checker.bar_length
    return length if length > 0 and (whole is None or length <= whole) else None


def _without_barline(voice: VoiceBar) -> str:
    return voice.music.rstrip().removesuffix(barlines(voice.tokens).closing)
