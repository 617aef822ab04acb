"""`<note>`: its pitch, its length, and everything that stands on it."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from renderers import limits
from renderers.errors import InputRefused
from renderers.sanitise import clean_text
from renderers.score.abc.decorations import DYNAMICS, SIGNS
from renderers.score.abc.lyrics import Syllable
from renderers.score.abc.model import Event, Head
from renderers.score.foreign.musicxml.left_out import LeftOut
from renderers.score.foreign.musicxml.lengths import NO_RATIO, Length, shown_length
from renderers.score.foreign.musicxml.numbers import number, whole

GRACE_LENGTH = Fraction(1, 8)
MAX_DOTS = 3
MAX_SYLLABLE_CHARS = 60
LOWEST_OCTAVE, HIGHEST_OCTAVE = 0, 9
_KNOWN_IN_NOTE = frozenset({
    "grace", "chord", "pitch", "rest", "unpitched", "duration", "tie", "voice", "type", "dot", "accidental",
    "time-modification", "staff", "notations", "lyric", "instrument", "cue",
})  # fmt: skip
# The elements of <notations> by the names that decorations have; the plainest name of each.
NAMES = {
    "accent": "accent", "strong-accent": "marcato", "staccato": "staccato", "tenuto": "tenuto",
    "staccatissimo": "wedge", "spiccato": "wedge", "breath-mark": "breath", "caesura": "caesura", "scoop": "slide",
    "trill-mark": "trill", "turn": "turn", "delayed-turn": "turn", "inverted-turn": "invertedturn",
    "delayed-inverted-turn": "invertedturn", "mordent": "lowermordent", "inverted-mordent": "uppermordent",
    "up-bow": "upbow", "down-bow": "downbow", "open-string": "open", "thumb-position": "thumb",
    "snap-pizzicato": "snap", "stopped": "plus", "detached-legato": "tenuto", "stress": "accent",
}  # fmt: skip
assert set(NAMES.values()) <= SIGNS.keys()


def read_head(note: etree._Element) -> Head | None:
    """The pitch of a note, or its place on the staff where it has none; None for a rest, or no pitch at all."""
    pitch = note.find("pitch")
    if pitch is not None:
        step = (pitch.findtext("step") or "").strip().upper()
        octave = whole(pitch.findtext("octave"), 4, low=LOWEST_OCTAVE, high=HIGHEST_OCTAVE)
        alter = number(pitch.findtext("alter"))
        alter = min(max(Fraction(round(alter * 2), 2), Fraction(-2)), Fraction(2))
    else:
        unpitched = note.find("unpitched")
        if unpitched is None:
            return None
        step = (unpitched.findtext("display-step") or "E").strip().upper()
        octave = whole(unpitched.findtext("display-octave"), 4, low=LOWEST_OCTAVE, high=HIGHEST_OCTAVE)
        alter = Fraction(0)
    if step not in tuple("CDEFGAB"):
        return None
    ends = {tie.get("type") for tie in (*note.findall("tie"), *note.findall("notations/tied"))}
    return Head(
        step=step,
        octave=octave,
        alter=int(alter) if alter.denominator == 1 else alter,
        is_accidental_written=note.find("accidental") is not None,
        is_tied_on="start" in ends,
        is_tied_back="stop" in ends,
    )


def read_ratio(note: etree._Element) -> tuple[int, int]:
    """So many in the time of so many."""
    modification = note.find("time-modification")
    if modification is None:
        return NO_RATIO
    actual = whole(modification.findtext("actual-notes"), 1, low=1, high=limits.MAX_TUPLET)
    normal = whole(modification.findtext("normal-notes"), 1, low=1, high=limits.MAX_TUPLET)
    return (actual, normal) if actual != normal else NO_RATIO


def read_shown(note: etree._Element) -> Length | None:
    """The length that the sign shows."""
    return shown_length(note.findtext("type"), min(len(note.findall("dot")), MAX_DOTS), read_ratio(note))


def read_grace_length(note: etree._Element) -> Fraction:
    """What a grace note is drawn as."""
    shown = read_shown(note)
    return min(shown.nominal, Fraction(1, 4)) if shown is not None else GRACE_LENGTH


def check_notes(heads: list[Head]) -> None:
    """A chord has so many notes at most."""
    if len(heads) > limits.MAX_CHORD_NOTES:
        raise InputRefused(reason="crammed", limit=limits.MAX_CHORD_NOTES)


class SignReader:
    """Reads what stands on notes."""

    def __init__(self, left_out: LeftOut) -> None:
        self._left_out = left_out
        self.dynamics: list[str] = []  # of the last note, which stand in time

    def read(self, note: etree._Element, event: Event, bar: int) -> None:
        """Signs and words of a note, onto its event."""
        self.dynamics = []
        for child in note:
            if child.tag not in _KNOWN_IN_NOTE:
                self._left_out.add(str(child.tag), bar)
        accidental = note.find("accidental")
        if accidental is not None and "yes" in (accidental.get("parentheses"), accidental.get("cautionary")):
            event.signs.append("courtesy")
        for notation in note.iterfind("notations/*"):
            self._read_notation(notation, event, bar)
        for place, lyric in enumerate(note.findall("lyric"), 1):
            read_lyric(lyric, event, place)

    def _read_notation(self, notation: etree._Element, event: Event, bar: int) -> None:
        tag = str(notation.tag)
        if tag in ("articulations", "technical", "ornaments"):
            for one in notation:
                self._read_sign(one, event, bar)
        elif tag == "fermata":
            _add(event, "invertedfermata" if notation.get("type") == "inverted" else "fermata")
        elif tag == "arpeggiate":
            _add(event, "arpeggio")
        elif tag in ("slide", "glissando"):
            mark = "~" if tag == "glissando" and notation.get("line-type") == "wavy" else "-"
            _add(event, f"{mark}{'(' if notation.get('type') == 'start' else ')'}")
        elif tag == "dynamics":
            self.dynamics += [str(one.tag) for one in notation if one.tag in DYNAMICS]
        else:
            self._left_out.add(tag, bar)

    def _read_sign(self, sign: etree._Element, event: Event, bar: int) -> None:
        tag = str(sign.tag)
        if tag == "tremolo":
            strokes = whole(sign.text, 3, low=0, high=4)
            if sign.get("type") in (None, "single") and strokes:
                _add(event, "/" * strokes)
            elif sign.get("type") == "start" and strokes:
                _add(event, "/" * strokes + "-")
        elif tag == "wavy-line":
            if sign.get("type") in ("start", "stop"):
                _add(event, "trill(" if sign.get("type") == "start" else "trill)")
        elif tag == "fingering":
            for finger in (sign.text or "").replace("-", " ").split():
                if finger in SIGNS and len(finger) == 1 and finger.isdigit():
                    _add(event, finger)
                else:
                    self._left_out.add(tag, bar)
        elif tag in NAMES:
            _add(event, NAMES[tag])
        else:
            self._left_out.add(tag, bar)


def _add(event: Event, sign: str) -> None:
    if sign not in event.signs:
        event.signs.append(sign)


def read_lyric(lyric: etree._Element, event: Event, place: int) -> None:
    """A syllable under a note; two that are drawn together are one."""
    texts = []
    for child in lyric:
        if child.tag == "text":
            texts.append(child.text or "")
        elif child.tag == "elision" and texts:
            texts.append(child.text if child.text and child.text.strip() else " ")
    text = clean_text("".join(texts), max_chars=MAX_SYLLABLE_CHARS)
    if not text:
        return
    syllabics = {(one.text or "").strip() for one in lyric.findall("syllabic")}
    syllabic = next((one for one in ("middle", "begin", "end") if one in syllabics), "single")
    if {"end", "begin"} <= syllabics:
        syllabic = "middle"
    extend = lyric.find("extend")
    verse = whole(lyric.get("number"), place, low=1, high=20)
    event.syllables[verse] = Syllable(text, syllabic, extend is not None and extend.get("type") != "stop")
