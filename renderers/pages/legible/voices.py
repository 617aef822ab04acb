"""Voices on one staff: which of them share stems, which has its stems up, which rests are printed."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from lxml import etree

from renderers.pages.legible.signs import STEPS, Bar, Sign, by_voice, set_child, step_of, text_of

MOVING_TOGETHER = 0.5  # of the bars in which two voices sound on a staff: fewer, and they are voices of their own
CLEARLY_BELOW = -1.0  # in steps, on average
_OF_THE_CHORD = ("beam", "stem", "notations/tuplet", "notations/articulations", "notations/fermata")
VOICES_OF_A_STAFF = 100  # an even number, and more than anybody writes


def settle_voices(measures: Sequence[Bar], *, is_one_player: bool) -> None:
    """Put the voices of a part in order."""
    for staff in sorted({sign.staff for _, signs in measures for sign in signs}):
        bars = [(measure, _at_home(signs, staff)) for measure, signs in measures]
        if is_one_player:
            for _, signs in bars:
                _drop_resting(signs)
            _merge(bars)
            for _, signs in bars:
                _put_higher_first(signs)
        for _, signs in bars:
            if is_one_player:
                _drop_idle_rests(signs)
            _share_rests(signs)
        for measure, signs in measures:
            _number(measure, staff, signs)


def _at_home(signs: list[Sign], staff: int) -> list[Sign]:
    """What stands on a staff; without voices that are on others, too, in this bar."""
    visitors = {sign.voice for sign in signs if sign.staff != staff}
    return [sign for sign in signs if sign.voice not in visitors]


def _drop_resting(signs: list[Sign]) -> None:
    """Leave out voices that rest for the whole bar, beside one that does not; of several that rest, all but one."""
    voices = by_voice(signs)
    sounding = [voice for voice, own in voices.items() if not all(sign.is_rest for sign in own)]
    kept = sounding or list(voices)[:1]
    for voice, own in voices.items():
        if voice not in kept:
            for sign in own:
                _remove(sign)
            del own[:]
    signs[:] = [sign for sign in signs if sign.voice in kept]


def _merge(bars: Sequence[Bar]) -> None:
    """Write voices as chords where they move together, if that is how they mostly move."""
    several = [(signs, voices) for _, signs in bars if len(voices := by_voice(signs)) > 1]
    together = [(signs, voices) for signs, voices in several if _move_together(list(voices.values()))]
    if len(together) < MOVING_TOGETHER * len(several):
        return
    for signs, voices in together:
        first, *others = voices.values()
        for other in others:
            for sign, added in zip(first, other, strict=True):
                _add(sign, added)
        signs[:] = first


def _move_together(voices: list[list[Sign]]) -> bool:
    first, *others = voices
    if any(sign.has_grace or sign.is_hidden for own in others for sign in own):
        return False
    return all(_rhythm(own) == _rhythm(first) for own in others)


def _rhythm(signs: list[Sign]) -> list[tuple[int, int, bool]]:
    return [(sign.onset, sign.duration, sign.is_rest) for sign in signs]


def _add(sign: Sign, added: Sign) -> None:
    """The notes of one sign to another, which is as long."""
    last = sign.notes[-1]
    notes = [] if added.is_rest else list(added.notes)
    _remove(added)
    present = {_spelled(note) for note in sign.notes}
    for note in notes:
        if _spelled(note) in present:
            continue
        step = step_of(note)
        for path in _OF_THE_CHORD:
            for child in note.findall(path):
                parent = child.getparent()
                if parent is not None:
                    parent.remove(child)
        if note.find("chord") is None:
            note.insert(0, etree.Element("chord"))
        set_child(note, "voice", sign.voice)
        last.addnext(note)
        last = note
        sign.notes.append(note)
        insort(sign.steps, step)


def _spelled(note: etree._Element) -> tuple[int, str]:
    """Its step, and what is raised or lowered of it: F and F sharp are two notes of a chord."""
    return step_of(note), (note.findtext("pitch/alter") or "0").removesuffix(".0")


def _remove(sign: Sign) -> None:
    """Leave time where it was. Grace notes before it stay."""
    forward = etree.Element("forward")
    etree.SubElement(forward, "duration").text = str(sign.duration)
    sign.notes[0].addprevious(forward)
    for note in sign.notes:
        parent = note.getparent()
        if parent is not None:
            parent.remove(note)


def _put_higher_first(signs: list[Sign]) -> None:
    """Number two voices so that the higher one comes first: it has its stems up."""
    voices = list(by_voice(signs).items())
    if len(voices) != 2:
        return
    (first, upper), (second, lower) = voices
    gaps = [
        sum(one.steps) / len(one.steps) - sum(other.steps) / len(other.steps)
        for one in upper
        for other in lower
        if one.steps and other.steps and one.onset < other.end and other.onset < one.end
    ]
    if not gaps or sum(gaps) / len(gaps) >= CLEARLY_BELOW:
        return
    measure = signs[0].notes[0].getparent()
    for note in measure.iterchildren("note") if measure is not None else ():
        voice = text_of(note, "voice")
        if voice in (first, second):
            set_child(note, "voice", second if voice == first else first)


def _number(measure: etree._Element, staff: int, signs: list[Sign]) -> None:
    """Number the voices of a staff without gaps from an odd number: verovio turns stems up for those."""
    here = {sign.voice for sign in signs if sign.staff == staff}
    if len(here) < 2:
        return
    homes: dict[str, int] = {}
    for sign in signs:
        homes.setdefault(sign.voice, sign.staff)
    voices = [(note, text_of(note, "voice") or "") for note in measure.iterchildren("note")]
    own = sorted({v for _, v in voices if homes.get(v) == staff}, key=lambda name: (len(name), name))
    numbers = {voice: str(VOICES_OF_A_STAFF * staff + place) for place, voice in enumerate(own, 1)}
    for note, voice in voices:
        if voice in numbers:
            set_child(note, "voice", numbers[voice])


def _share_rests(signs: list[Sign]) -> None:
    """Print rests that two voices have at the same time once, in the middle of the staff."""
    found: dict[tuple[int, int], Sign] = {}
    others = {sign.voice for sign in signs}
    if len(others) != 2:
        return
    for sign in signs:
        if not _is_printed_rest(sign):
            continue
        first = found.setdefault((sign.onset, sign.duration), sign)
        if first is not sign:
            sign.notes[0].set("print-object", "no")
            _put_in_the_middle(first)


def _drop_idle_rests(signs: list[Sign]) -> None:
    """Of one player: rests that lie in a longer one of another voice; of a third voice, all beside the two others."""
    voices = by_voice(signs)
    if len(voices) < 2:
        return
    played = {voice: sum(sign.duration for sign in own if not sign.is_rest) for voice, own in voices.items()}
    two = sorted(voices, key=lambda voice: -played[voice])[:2]
    seen = [sign for sign in signs if not sign.is_hidden]
    for voice, own in voices.items():
        for sign in own:
            if not _is_printed_rest(sign):
                continue
            if voice in two:
                longer = (one for one in seen if one.is_rest and one.voice != voice and one.duration > sign.duration)
                is_idle = any(one.onset <= sign.onset and sign.end <= one.end for one in longer)
            else:
                is_idle = _is_covered(sign, [one for one in seen if one.voice in two])
            if is_idle:
                sign.notes[0].set("print-object", "no")


def _is_covered(sign: Sign, others: list[Sign]) -> bool:
    """Whether something else stands there all the time."""
    reached = sign.onset
    for one in sorted(others, key=_onset):
        if one.onset <= reached < one.end:
            reached = one.end
    return reached >= sign.end


def _onset(sign: Sign) -> int:
    return sign.onset


def _is_printed_rest(sign: Sign) -> bool:
    """Whether a rest is seen, and no rest for the whole bar."""
    if not sign.is_rest or sign.is_hidden:
        return False
    return not sign.notes[0].find("rest").get("measure")  # type: ignore[union-attr]


def _put_in_the_middle(sign: Sign) -> None:
    rest = sign.notes[0].find("rest")
    if rest is not None and rest.find("display-step") is None:
        etree.SubElement(rest, "display-step").text = STEPS[sign.middle % 7]
        etree.SubElement(rest, "display-octave").text = str(sign.middle // 7)
