"""`<direction>`, `<sound>` and `<harmony>`: words, dynamics, lines, tempo, jumps, chord symbols."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from lxml import etree

from renderers.sanitise import clean_text
from renderers.score.abc.chord_symbols import KINDS, NO_CHORD, parse_chord_symbol
from renderers.score.abc.decorations import DYNAMICS, JUMPS
from renderers.score.abc.model import DynamicMark, Jump, LineEnd, Mark, Words
from renderers.score.abc.tempos import FASTEST, SLOWEST, Tempo, upper_end
from renderers.score.foreign.musicxml.left_out import LeftOut
from renderers.score.foreign.musicxml.lengths import LENGTHS
from renderers.score.foreign.musicxml.numbers import number, text_of, whole

JUMP_WORDS = (
    (re.compile(r"d\.?\s*c\.?\s*al\s+fine", re.IGNORECASE), "D.C.alfine"),
    (re.compile(r"d\.?\s*c\.?\s*al\s+coda", re.IGNORECASE), "D.C.alcoda"),
    (re.compile(r"d\.?\s*s\.?\s*al\s+fine", re.IGNORECASE), "D.S.alfine"),
    (re.compile(r"d\.?\s*s\.?\s*al\s+coda", re.IGNORECASE), "D.S.alcoda"),
    (re.compile(r"(d\.\s*c\.?|da\s+capo)", re.IGNORECASE), "D.C."),
    (re.compile(r"(d\.\s*s\.?|dal\s+segno)", re.IGNORECASE), "D.S."),
    (re.compile(r"to\s+coda|al\s+coda", re.IGNORECASE), "dacoda"),
    (re.compile(r"fine\.?", re.IGNORECASE), "fine"),
)
SOUND_JUMPS = {
    "dacapo": "D.C.",
    "dalsegno": "D.S.",
    "tocoda": "dacoda",
    "fine": "fine",
    "segno": "segno",
    "coda": "coda",
}
_NUMBER_OR_RANGE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(?:\s*[-–]\s*(\d{1,4}))?", re.ASCII)
_UNUSUAL = ("M", "Δ", "-", "°", "ø")
_KIND_TEXTS = {kind: text for text, kind in reversed(KINDS.items()) if not text.startswith(_UNUSUAL)} | {
    "major": "", "minor": "m", "dominant": "7", "half-diminished": "m7b5", "diminished": "dim", "augmented": "aug",
    "suspended-fourth": "sus4", "suspended-second": "sus2", "power": "5",
}  # fmt: skip


class DirectionReader:
    """Reads directions of one part; lines that are open are remembered by their numbers."""

    def __init__(self, left_out: LeftOut) -> None:
        self._left_out = left_out
        self._open: dict[tuple[str, str], str] = {}  # (element, number) → what it is

    def read(self, direction: etree._Element, bar: int) -> list[Mark]:
        """The marks of a direction, in the order in which they stand."""
        marks: list[Mark] = []
        words: list[str] = []
        tempo: Tempo | None = None
        is_above = direction.get("placement") != "below"
        for one in direction.iterfind("direction-type/*"):
            tag = str(one.tag)
            if tag in ("words", "rehearsal"):
                words += [text] if (text := clean_text(text_of(one))) else []
            elif tag == "metronome":
                tempo = read_metronome(one) or tempo
            else:
                marks += self._read_type(one, bar)
        sound = direction.find("sound")
        jump = _jump(" ".join(words), sound)
        if jump is not None:
            return [*[mark for mark in marks if not _is_same(mark, jump)], jump]
        tempo = tempo or read_sound_tempo(sound)
        if tempo is not None:
            return [replace(tempo, words=" ".join(words)), *marks]
        return [*(Words(text, is_above) for text in words), *marks]

    def _read_type(self, one: etree._Element, bar: int) -> list[Mark]:
        tag = str(one.tag)
        if tag == "dynamics":
            marks = [DynamicMark(str(mark.tag)) for mark in one if mark.tag in DYNAMICS]
            others = [clean_text(mark.text or "") for mark in one if mark.tag == "other-dynamics"]
            return [*marks, *(Words(text, is_above=False) for text in others if text)]
        if tag in ("wedge", "pedal", "octave-shift"):
            return list(self._read_line(tag, one))
        if tag in ("segno", "coda"):
            return [Jump(tag)]
        self._left_out.add(tag, bar)
        return []

    def _read_line(self, tag: str, one: etree._Element) -> list[LineEnd]:
        key = (tag, one.get("number", "1"))
        kind = one.get("type", "")
        if kind in ("stop", "discontinue"):
            what = self._open.pop(key, None)
            return [LineEnd(tag, what, "stop")] if what is not None else []
        if kind == "change" and tag == "pedal" and key in self._open:
            return [LineEnd(tag, "", "stop"), LineEnd(tag, "", "start")]
        what = _what_line(tag, kind, whole(one.get("size"), 8, low=1, high=22))
        if what is None:
            return []
        begins = [LineEnd(tag, self._open[key], "stop")] if key in self._open else []
        self._open[key] = what
        return [*begins, LineEnd(tag, what, "start")]


def _what_line(tag: str, kind: str, size: int) -> str | None:
    if tag == "pedal":
        return "" if kind in ("start", "resume", "sostenuto") else None
    if tag == "wedge":
        return kind if kind in ("crescendo", "diminuendo") else None
    if kind not in ("up", "down"):
        return None
    letters = ("va", "vb") if size == 8 else ("ma", "mb")
    return f"{8 if size == 8 else 15} {letters[kind == 'up']}"


def _jump(words: str, sound: etree._Element | None) -> Jump | None:
    """What leads the player elsewhere: by its words, else by what the file says of the sound."""
    plain = words.strip()
    for pattern, name in JUMP_WORDS:
        if pattern.fullmatch(plain):
            return Jump(name)
    if sound is not None:
        for attribute, name in SOUND_JUMPS.items():
            if sound.get(attribute):
                return Jump(name)
    return None


def _is_same(mark: Mark, jump: Jump) -> bool:
    return isinstance(mark, Jump) and JUMPS[mark.name][1] == JUMPS[jump.name][1]


def read_metronome(metronome: etree._Element) -> Tempo | None:
    """`♩. = 80`; None for one that says something else, such as one note value beside another."""
    base = LENGTHS.get((metronome.findtext("beat-unit") or "").strip())
    written = _NUMBER_OR_RANGE.search(metronome.findtext("per-minute") or "")
    if base is None or written is None:
        return None
    num_dots = min(len(metronome.findall("beat-unit-dot")), 2)
    beat = base * Fraction(2 ** (num_dots + 1) - 1, 2**num_dots)
    per_minute = float(written[1])
    return Tempo("", beat, per_minute, upper_end(per_minute, written[2])) if SLOWEST <= per_minute <= FASTEST else None


def read_sound_tempo(sound: etree._Element | None) -> Tempo | None:
    """What the sound says where the page says nothing: quarters a minute."""
    if sound is None or not sound.get("tempo"):
        return None
    per_minute = round(float(number(sound.get("tempo"))), 2)
    return Tempo("", Fraction(1, 4), per_minute) if SLOWEST <= per_minute <= FASTEST else None


def read_harmony(harmony: etree._Element) -> list[Mark]:
    """A chord symbol as it would be written; words where it is none that we know."""
    kind = harmony.find("kind")
    name = (kind.text or "").strip() if kind is not None else ""
    function = clean_text(text_of(harmony.find("function")))
    if name == "none" and not function:
        return [NO_CHORD]
    root = _pitch(harmony.find("root"), "root")
    if not root:
        return [Words(function, is_above=True)] if function else []
    text = _KIND_TEXTS[name] if name in _KIND_TEXTS else str(kind.get("text", "")) if kind is not None else ""
    bass = _pitch(harmony.find("bass"), "bass")
    degrees = "".join(_degree(degree) for degree in harmony.findall("degree"))
    written = clean_text(f"{root}{text}{degrees}{f'/{bass}' if bass else ''}")
    symbol = parse_chord_symbol(written)
    return [symbol if symbol is not None else Words(written, is_above=True)]


def _pitch(element: etree._Element | None, name: str) -> str:
    if element is None:
        return ""
    step = (element.findtext(f"{name}-step") or "").strip().upper()
    alter = whole(element.findtext(f"{name}-alter"), 0, low=-1, high=1)
    return f"{step}{ {1: '#', -1: 'b', 0: ''}[alter] }" if step in tuple("CDEFGAB") else ""


def _degree(degree: etree._Element) -> str:
    value = whole(degree.findtext("degree-value"), 0, low=1, high=13)
    alter = whole(degree.findtext("degree-alter"), 0, low=-1, high=1)
    kind = (degree.findtext("degree-type") or "").strip()
    if not value:
        return ""
    sign = {1: "#", -1: "b", 0: ""}[alter]
    return f"({'omit' if kind == 'subtract' else 'add' if kind == 'add' and not sign else ''}{sign}{value})"
