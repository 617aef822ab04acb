"""Which notes would make two voices go in parallel fifths, octaves or unisons.

Promises: a pair of voices that moves at the same moment to a fifth or octave, from the same interval, is held back,
whichever octaves they are in; also over the barline, and from beat to beat with notes in between.
Not covered: direction (what is parallel in contrary motion is held back as well), and voices that play chords.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from generator.guard.place import Moment, Place

PERFECT = frozenset({0, 7})  # semitones within the octave, from the later voice in the line up to the earlier
LastPitches = Mapping[str, int]  # by voice: what it played last in the bar before
BassStep = tuple[int | None, int]  # from where to where; None if nobody knows from where


def makes_parallel(
    place: Place, pitch: int, *, pairs: Mapping[str, Sequence[str]], before: LastPitches, beat: Fraction | None
) -> bool:
    """Whether a note of this pitch moves in parallel with another voice. pairs: those a voice is compared with."""
    if place.chord:
        return False
    own = _before(place.own, place.now, before.get(place.voice))
    return any(
        _is_parallel(own, pitch, _before(place.others[other], place.now, before.get(other)), now)
        for other in pairs.get(place.voice, ())
        if other in place.others and (now := _beginning(place.others[other], place.now)) is not None
    ) or (beat is not None and place.now % beat == 0 and _hidden(place, pitch, pairs, beat))


def follows_bass(place: Place, pitch: int, *, before: LastPitches, bass: BassStep) -> bool:
    """Whether a note of this pitch goes in parallel with a bass that is not written yet, but known. bass: its step."""
    own = _before(place.own, place.now, before.get(place.voice))
    return not place.chord and _is_parallel(*bass, own, pitch)


def leads_into_parallel(place: Place, pitch: int, *, others: Sequence[str], then: Fraction, bass: int) -> bool:
    """Whether a bass that goes from this note to `bass` at the moment `then` goes in parallel with another voice."""
    return not place.chord and any(
        _is_parallel(pitch, bass, _ending(place.others[other], then), _at(place.others[other], then))
        for other in others
        if other in place.others
    )


def _ending(moments: Sequence[Moment], now: Fraction) -> int | None:
    return max((pitch for start, end, pitch in moments if start < now <= end), default=None)


def has_parallels(
    voices: Mapping[str, Sequence[Moment]],
    *,
    pairs: Mapping[str, Sequence[str]],
    before: LastPitches,
    beat: Fraction | None,
) -> bool:
    """Whether a note in a bar of finished voices moves in parallel with another voice."""
    return any(
        makes_parallel(_place_of(voice, now, voices), pitch, pairs=pairs, before=before, beat=beat)
        for voice in pairs
        for now, _, pitch in voices.get(voice, ())
    )


def _place_of(voice: str, now: Fraction, voices: Mapping[str, Sequence[Moment]]) -> Place:
    others = {other: moments for other, moments in voices.items() if other != voice}
    own = [moment for moment in voices[voice] if moment[1] <= now]
    return Place(voice=voice, now=now, others=others, play=lambda: own, chord=frozenset())


def _hidden(place: Place, pitch: int, pairs: Mapping[str, Sequence[str]], beat: Fraction) -> bool:
    """The same from beat to beat."""
    since = place.now - beat
    if since < 0:
        return False
    own = _at(place.own, since)
    return any(
        _is_parallel(own, pitch, _at(place.others[other], since), _at(place.others[other], place.now))
        for other in pairs.get(place.voice, ())
        if other in place.others
    )


def _is_parallel(own: int | None, own_now: int, other: int | None, other_now: int | None) -> bool:
    if own is None or other is None or other_now is None:
        return False
    if (own - own_now) % 12 == 0 or (other - other_now) % 12 == 0:
        return False
    interval = (other - own) % 12
    return interval in PERFECT and (other_now - own_now) % 12 == interval


def _beginning(moments: Sequence[Moment], now: Fraction) -> int | None:
    """The pitch of a note that begins right now."""
    return max((pitch for start, _, pitch in moments if start == now), default=None)


def _at(moments: Sequence[Moment], now: Fraction) -> int | None:
    """The pitch that sounds at a moment."""
    return max((pitch for start, end, pitch in moments if start <= now < end), default=None)


def _before(moments: Sequence[Moment], now: Fraction, last: int | None) -> int | None:
    """The pitch that sounded right before a moment; last: that of the bar before."""
    return last if now == 0 else max((pitch for _, end, pitch in moments if end == now), default=None)
