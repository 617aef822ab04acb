"""Bars that somebody wrote, played or hummed, to stand behind those of a chain: brought into its form, or refused.

Promises: what does not fit is said with its bar and its voice, all of it at once where the bars can be read; music in
another key is moved to that of the chain by the nearest way; a single line becomes the first voice, the others rest.
Not covered: reading files (`renderers`), and how the bars are written down (`links.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.errors import BadRequest, NotationError
from generator.notation import Bar, TokenKind, Tune, VoiceBar, staves_of
from generator.notation.cutting import named_field
from generator.notation.durations import TIMED, times_as_long
from generator.notation.keys import read_key_field
from generator.notation.rests import bar_rest
from generator.notation.transpose import move_text, nearest_semitones
from generator.notation.tune import parse_tune, parse_unit
from generator.onward.brought import bring
from generator.onward.chain import Chain
from generator.onward.joins import Fault
from generator.onward.links import faults_of, joined, uneven


class NotFitting(BadRequest):
    """Bars that cannot stand in the chain.

    reason: no_notes, unreadable, metre (wanted, value), bars (wanted, value), voices (wanted, value), changes (bar),
    uneven (bars), faults (faults: of `joins.py`; their bars count from 0 among the new ones).
    """

    def __init__(self, *, reason: str, faults: Sequence[Fault] = (), **values: object) -> None:
        super().__init__(reason=reason, **values)
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """bars: as they stand in the chain. moved: they were in another key; alone: only the first voice has notes;
    cut: how many bars were left out behind them, or, below 0, how many are rests.
    """

    bars: tuple[str, ...]
    moved: bool = False
    alone: bool = False
    cut: int = 0


def fit_bars(chain: Chain, abc: str, *, bars: int, is_last: bool, any_length: bool = False) -> Offered:
    """Bars of interleaved ABC behind those of the chain.

    any_length: what is too long is cut, and what is too short ends in rests. Raises NotFitting.
    """
    tune = _read(abc, chain.header.unit)
    if tune.header.metre is None or tune.header.metre.length != _length(chain):
        raise NotFitting(reason="metre", wanted=chain.metre, value=tune.header.field("M") or "–")
    home, moved = _in_key(chain, tune)
    cut = len(home.bars) - bars
    if cut and not any_length:
        raise NotFitting(reason="bars", wanted=bars, value=len(home.bars))
    voices = _voices(chain, home)
    new = [_bar(chain, home, number, voices) for number in range(min(bars, len(home.bars)))]
    new += [_resting(chain)] * (bars - len(new))
    lines = _joined(chain, new, is_last=is_last)
    if wrong := uneven(chain, lines):
        raise NotFitting(reason="uneven", bars=tuple(number + 1 for number in wrong))
    if faults := faults_of(chain, lines):
        standing = len(chain.bars)
        raise NotFitting(reason="faults", faults=[fault._replace(bar=fault.bar - standing) for fault in faults])
    return Offered(bars=lines, moved=moved, alone=len(voices) < len(chain.header.voices), cut=cut)


def _read(abc: str, unit: Fraction) -> Tune:
    try:
        tune = bring(abc).tune
    except BadRequest as error:
        known = "no_notes" if error.reason == "no_notes" else "unreadable"
        raise NotFitting(reason=known) from error
    for number, bar in enumerate(tune.bars, start=1):
        fields = (token for voice in bar.voices for token in voice.tokens if token.kind is TokenKind.FIELD)
        if any(named_field(token)[0] in ("K", "M") for token in fields):  # a clef may change
            raise NotFitting(reason="changes", bar=number)
    try:
        return _in_unit(tune, unit)
    except NotationError as error:
        raise NotFitting(reason="unreadable") from error


def _length(chain: Chain) -> Fraction | None:
    return chain.header.metre.length if chain.header.metre else None


def _in_key(chain: Chain, tune: Tune) -> tuple[Tune, bool]:
    """With the signature of the chain. What has no key is as it is written."""
    wanted, found = chain.signature, read_key_field(tune.header.key)
    if wanted is None or found is None or found.key is None or found.key.fifths == wanted.fifths:
        return tune, False
    fifths = wanted.fifths - found.key.fifths
    moved = move_text(str(tune), fifths=fifths, semitones=nearest_semitones(fifths))
    return parse_tune(moved), True


def _voices(chain: Chain, tune: Tune) -> dict[str, str]:
    """Whose music each voice of the chain gets: all voices in order, one a staff, or the first alone."""
    own = [voice.id for voice in chain.header.voices]
    heard = {voice.voice for bar in tune.bars for voice in bar.voices if voice.sounds}
    offered = [voice.id for voice in tune.header.voices]
    sounding = [voice for voice in offered if voice in heard]
    if len(offered) == len(own):
        return {mine: theirs for mine, theirs in zip(own, offered, strict=True) if theirs in heard}
    staves = [[voice for voice in staff if voice in heard] for staff in staves_of(tune.header)]
    if len(staves) == len(own) and all(len(staff) <= 1 for staff in staves):
        return {mine: staff[0] for mine, staff in zip(own, staves, strict=True) if staff}
    if len(sounding) <= len(own) and (len(sounding) == 1 or len(sounding) == len(own)):
        return dict(zip(own, sounding, strict=False))
    raise NotFitting(reason="voices", wanted=len(own), value=len(sounding))


def _bar(chain: Chain, tune: Tune, number: int, voices: Mapping[str, str]) -> Bar:
    bar, made = tune.bars[number], []
    for mine in (voice.id for voice in chain.header.voices):
        theirs = bar.voice(voices[mine]) if mine in voices else None
        made.append(VoiceBar(mine, theirs.music.strip() if theirs else _rest(chain) + "|"))
    return Bar(voices=tuple(made))


def _in_unit(tune: Tune, unit: Fraction) -> Tune:
    """With all lengths counted in this unit, and no other named: one taken back behind the last bar does not stay."""
    units = {voice.id: tune.header.unit for voice in tune.header.voices}
    bars = (replace(bar, voices=tuple(_recounted(voice, units, unit) for voice in bar.voices)) for bar in tune.bars)
    return replace(tune, header=tune.header.with_field("L", str(unit)), bars=tuple(bars))


def _recounted(voice: VoiceBar, units: dict[str, Fraction], unit: Fraction) -> VoiceBar:
    """units: what each voice is counted in up to here; what it is changed to in this bar is written there."""
    words = []
    for token in voice.tokens:
        if token.kind is TokenKind.FIELD and token.text.startswith("[L:"):
            units[voice.voice] = parse_unit(token.text[3:-1])
        elif token.kind in TIMED and token.text[0] not in "yZX":
            words.append(times_as_long(token, units[voice.voice] / unit).text)
        else:
            words.append(token.text)
    return VoiceBar(voice.voice, "".join(words))


def _resting(chain: Chain) -> Bar:
    return Bar(voices=tuple(VoiceBar(voice.id, _rest(chain) + "|") for voice in chain.header.voices))


def _rest(chain: Chain) -> str:
    length = _length(chain)
    assert length is not None
    return bar_rest(length, chain.header.unit, letter="z", whole=length)


def _joined(chain: Chain, new: Sequence[Bar], *, is_last: bool) -> tuple[str, ...]:
    try:
        return joined(chain, new, is_last=is_last)
    except NotationError as error:
        raise NotFitting(reason="unreadable") from error
