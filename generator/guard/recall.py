"""What a piece would go on with if it said again what it has said before, and where a tie leads.

A small network sees that a bar was there before, but cannot spell it: a patch reaches it as one vector. So the text of
the piece itself is asked, as the match models of the PAQ compressors do (M. Mahoney, "Adaptive weighing of context
models for lossless data compression", 2005): where did the last characters stand before, and what came then? Three
passages are looked for: one that ends as this voice does now; one that does so in steps from note to note, as in a
sequence; and one that ends as all voices do, so that they repeat a bar together. A tie is another reason to expect
something: without this, two in five of the small network's led to another note. What each of them says is weighed; how
much, was learnt from pieces that people wrote (`generator/training/matches.py`).

Bars that were just said twice in a row, one by one or in groups, are not expected a third time: a network that believed
them too would never get out of them. Of 4,171 human pieces one in two hundred has a bar three times in a row.

Promises: a pure function of the text of the piece.
Not covered: how likely the network finds the character (`generator/model/sampling.py`); steps over the octave's end,
where B is followed by C and letters begin anew, which look like larger steps downwards.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from generator.errors import CheckpointError
from generator.model.metadata import read_metadata
from generator.model.patches import EOS
from generator.model.sampling_settings import Hint
from generator.notation.tokens import VOICE_TAG

RECALL = "recall"  # the name of what was learnt in the metadata of a file with weights
LONGEST = 128  # characters of a passage that count
# Characters of a passage that says anything: about a bar of one voice. Shorter ones make guessing cheaper too, but what
# was composed with them went round in small circles and was less like human music.
SHORTEST = 12
LARGEST_GROUP = 8  # of bars that are said again
BAR_END = "|"  # stands between the bars of a voice
TIED_CHARS = 40  # of a note or chord before a tie
NOTE_LETTERS = "CDEFGABcdefgab"  # in steps upwards
UNMOVED = 0xE000  # the character that stands for a note as high as the one before; private use, so nothing else does

# What may stand before a note without being one: spaces, barlines, slurs, tuplets, decorations, texts, fields.
_PRELUDE = re.compile(r"(?:[ |.~]|\((?:\d[:\d]*)?|![^!]*!|\"[^\"]*\"|\[[A-Za-z]:[^\]\[]*\])*")
_TIED = re.compile(r"(\[[^\]\[]*\]|[A-Ga-g][,']*)[\d/]*$")
_UNTIED = re.compile(r"[\^_=\d/-]")  # what the second note of a tie does without, or may have another of
_COUNTDOWN = re.compile(r"\[r:[^\]\[]*\]")
_BARLINES = re.compile(r"[|:\n]+")


class Passages(NamedTuple):
    """How many characters long the passages are that all go on with one character; 0 where there is none.

    voice: as this voice ends; steps: in steps from note to note; score: as all voices end. tie: 1 if a tie leads there.
    """

    voice: int = 0
    steps: int = 0
    score: int = 0
    tie: int = 0


VOICE, STEPS, SCORE, TIE = range(4)  # places in it


class Steps:
    """A voice's text with every note letter replaced by its steps from the one before, character for character."""

    def __init__(self) -> None:
        self.text = ""
        self.last: int | None = None  # place of the last note's letter
        self._quote = ""

    def add(self, music: str) -> "Steps":
        """These steps with more music behind them."""
        more = Steps()
        more.last, more._quote = self.last, self._quote
        more.text = self.text + "".join(map(more.take, music))
        return more

    def take(self, char: str) -> str:
        """What one more character is, in steps; `text` is left to the caller."""
        if self._quote:
            self._quote = "" if char in (self._quote, BAR_END) else self._quote
            return char
        if char in '!"':
            self._quote = char
        place = NOTE_LETTERS.find(char)
        if place < 0:
            return char
        steps = place - (place if self.last is None else self.last)
        self.last = place
        return chr(UNMOVED + steps)

    def back(self, char: str) -> str:
        """The character that one of these stands for behind this text; "" if that note has no letter."""
        steps = ord(char) - UNMOVED if char else len(NOTE_LETTERS)
        if abs(steps) >= len(NOTE_LETTERS):
            return char
        place = (self.last or 0) + steps
        return NOTE_LETTERS[place] if 0 <= place < len(NOTE_LETTERS) else ""


@dataclass
class Voice:
    """The finished bars of one voice, as they stand and as steps."""

    text: str = BAR_END
    steps: Steps = field(default_factory=lambda: Steps().add(BAR_END))

    def add(self, music: str) -> None:
        """One more bar, without its plain barline."""
        self.text += music + BAR_END
        self.steps = self.steps.add(music + BAR_END)


class Recall:
    """The memory of one piece."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._voices: dict[str, Voice] = {}
        self._last_voice = ""
        self._score = ""
        self._goes_round = False
        self._begun = "", Steps()  # what was asked for last of a voice's bar, and the steps of the voice up to there

    def learn(self, lines: Sequence[str]) -> None:
        """Know these finished bars, each a line of all voices, and no others."""
        if list(lines[: len(self._lines)]) != self._lines:
            self._lines, self._voices, self._last_voice, self._score = [], {}, "", ""
        for line in lines[len(self._lines) :]:
            self._lines.append(line)
            _, *parts = VOICE_TAG.split(line.rstrip("\n"))
            for name, music in zip(parts[::2], parts[1::2], strict=True):
                self._voices.setdefault(name, Voice()).add(music.removesuffix(BAR_END))
                self._last_voice = name
            if parts:
                self._score += _COUNTDOWN.sub("", line, count=1).rstrip("\n") + "\n"
        self._goes_round = goes_round(self._lines)
        self._begun = "", Steps()

    def expect(self, line: str, written: str) -> dict[int, Passages]:
        """What may come next in a patch that begins with `written`: each as the network spells it, with its passages.

        line: the part of a bar that the patches before have written. Empty if nothing is known.
        """
        text = line + written
        name, closed, music = text.rpartition("[V:")[2].partition("]")
        voice = self._voices.get(name) if closed else None
        if voice is None or BAR_END in music.lstrip("|:"):
            return {}  # this voice's bar is over, or never was there before
        found: dict[int, list[int]] = {}

        def note(char: str, kind: int, length: int, *, ends_line: bool) -> None:
            # The barline comes with the next voice; this one's patch ends, unless it was full and is written already.
            code = EOS if char == BAR_END and not ends_line else ord(char) if char else None
            if code is not None and (code != EOS or written):
                found.setdefault(code, [0, 0, 0, 0])[kind] = length

        said = voice.text + music
        note(tied_character(said), TIE, 1, ends_line=False)
        if not self._goes_round:
            is_last = name == self._last_voice
            char, length = longest_match(said, SHORTEST)
            note(char[:1], VOICE, length, ends_line=is_last)
            steps = self._steps_of(name, voice, music)
            char, length = longest_match(steps.text, SHORTEST)
            note(steps.back(char[:1]), STEPS, length, ends_line=is_last)
            char, length = longest_match(self._score + _COUNTDOWN.sub("", text, count=1), SHORTEST)
            note(char[:1], SCORE, length, ends_line=char[1:] == "\n")
        return {code: Passages(*lengths) for code, lengths in found.items()}

    def _steps_of(self, name: str, voice: Voice, music: str) -> Steps:
        """A voice in steps, with the bar it has begun. Only what is new of that is read: mostly a character."""
        text = f"[V:{name}]{music}"
        known, steps = self._begun
        if not known or not text.startswith(known):
            known, steps = f"[V:{name}]", voice.steps
        self._begun = text, steps.add(text[len(known) :])
        return self._begun[1]


def goes_round(lines: Sequence[str]) -> bool:
    """Whether the last bars say the same as those before them; barlines do not count."""
    said = [_BARLINES.sub("", _COUNTDOWN.sub("", line, count=1)) for line in lines[-2 * LARGEST_GROUP :]]
    groups = range(1, len(said) // 2 + 1)
    return any(said[-group:] == said[-2 * group : -group] for group in groups)


def longest_match(text: str, shortest: int) -> tuple[str, int]:
    """Behind the longest earlier passage that ends like `text`, the latest if there are several: two characters.

    Returns them with the length of the passage, at most LONGEST; ("", 0) if there is none of `shortest` characters.
    """
    behind, length, end = 0, 0, len(text) - 1
    while max(length + 1, shortest) <= min(LONGEST, end):
        wanted = max(length + 1, shortest)
        start = text.rfind(text[-wanted:], 0, end)
        if start < 0:
            break
        behind, length = start + wanted, wanted
        while length < LONGEST and start > 0 and text[start - 1] == text[-length - 1]:
            start, length = start - 1, length + 1
    return (text[behind : behind + 2], length) if length else ("", 0)


def tied_character(text: str) -> str:
    """The next character of the note or chord that the last tie leads to; "" if it is written or there is none.

    Right behind the tie nothing is expected: the beat or the bar may end there.
    """
    before, _, behind = text.rpartition("-")
    tied = _TIED.search(before, max(0, len(before) - TIED_CHARS))
    if tied is None and before.rstrip("0123456789/").endswith("]"):
        tied = _TIED.search(before)  # a chord with words in it
    if tied is None or not behind or before.rpartition(BAR_END)[2].count("!") % 2:
        return ""
    note, begun = _UNTIED.sub("", tied[1]), _PRELUDE.sub("", behind, count=1)
    return note[len(begun)] if note.startswith(begun) and note != begun else ""


# --- how far passages are believed ---------------------------------------------------------------------------------


SINGLE_NUMBERS = ("tie", "network", "longest", "beside_tie")  # of a trust


@dataclass(frozen=True, kw_only=True)
class Trust:
    """From passages and the network's own opinion to a probability, on the scale of log odds, where evidence adds up.

    Log odds = what each passage says, there · once + length · log2(its characters), + what a tie says, + (network +
    longest · log2(characters of the longest) + beside_tie · if there is a tie) · the network's log odds.
    """

    voice: tuple[float, float]
    steps: tuple[float, float]
    score: tuple[float, float]
    tie: float
    network: float
    longest: float
    beside_tie: float

    def evidence(self, passages: Passages) -> float:
        """What the passages alone say."""
        pairs = zip((self.voice, self.steps, self.score), passages[:3], strict=True)
        said = sum(there + length * math.log2(characters) for (there, length), characters in pairs if characters)
        return said + self.tie * passages.tie

    def hint(self, expected: Mapping[int, Passages]) -> Hint | None:
        """The best founded of the expected characters, for sampling; None if there is none."""
        if not expected:
            return None
        char, passages = max(expected.items(), key=lambda item: self.evidence(item[1]))
        slope = self.network + self.longest * math.log2(max(passages)) + self.beside_tie * passages.tie
        return Hint(char, self.evidence(passages), slope)

    def to_text(self) -> str:
        """For the metadata of a file with weights."""
        return json.dumps(vars(self))

    @classmethod
    def from_text(cls, text: str) -> "Trust":
        """Raises CheckpointError if this is not what `to_text` writes."""
        try:
            loaded = json.loads(text)
            voice, steps, score = (
                (float(loaded[name][0]), float(loaded[name][1])) for name in ("voice", "steps", "score")
            )
            single = {name: float(loaded[name]) for name in SINGLE_NUMBERS}
            trust = cls(voice=voice, steps=steps, score=score, **single)
            if not all(
                map(math.isfinite, (*voice, *steps, *score, *(getattr(trust, name) for name in SINGLE_NUMBERS)))
            ):
                raise ValueError("not a finite number")
            return trust
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise CheckpointError(reason="memory", value=repr(text[:80])) from error


def trust_of(weights: Path) -> Trust | None:
    """What the file with weights says, None if it says nothing. Raises CheckpointError."""
    text = read_metadata(weights).get(RECALL, "") if weights.suffix == ".safetensors" else ""
    return Trust.from_text(text) if text else None
