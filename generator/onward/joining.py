"""New bars put between those that stand: what is around them stays, and what goes over their edges still fits.

Promises: bars that stand print as they did, character for character. A new bar has the barlines of the one whose room
it takes; key, metre, clef, tempo and unit behind the new bars are those that stood there; of slurs, hairpins, pedals
and trill lines that went over an edge the other end is in the new bars, and so are the notes that ties lead to.
Not covered: what is right by its text and wrong to the ear (`joins.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from generator.finishing.delivery import close_tune, mend_notation
from generator.notation import Bar, Tune, VoiceBar, complete_rests, cut_bars, strip_countdown
from generator.notation.checks import barlines
from generator.notation.cutting import changes_until
from generator.onward.brought import Brought
from generator.onward.ends import with_ends
from generator.onward.tying import with_ties


def put_in(brought: Brought, new: Mapping[int, Bar]) -> Tune:
    """The tune with new bars, as a network has written them, by their numbers: between others, or behind them."""
    standing = len(brought.bars)
    whole = complete_rests(strip_countdown(brought.written(new)))
    for first, last in runs_of(sorted(new)):
        mended = _mended(whole, first, last)
        old = brought.bars[first : last + 1]
        kept = [with_barlines_of(bar, model) for bar, model in zip(mended, old, strict=False)]
        whole = _with_bars(whole, first, [*kept, *mended[len(kept) :]])
        if last + 1 < standing:
            whole = _with_fields_of(whole, brought.tune, last)
    if max(new) >= standing:
        whole = close_tune(whole)
    whole = with_ends(with_ties(whole, brought.tune, new), brought.tune, frozenset(new))
    return brought.written({number: whole.bars[number] for number in new})


def runs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers in a row, each row as its first and last: [1, 2, 5] → [(1, 2), (5, 5)]."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _mended(whole: Tune, first: int, last: int) -> list[Bar]:
    """Bars as they are delivered: all that begins in them ends in them."""
    cut = cut_bars(whole, first, last)
    bars = list(mend_notation(cut).bars)
    before = whole.bars[first]
    told = {
        voice.voice: _told(voice.music, old.music)
        for voice in cut.bars[0].voices
        if (old := before.voice(voice.voice)) is not None
    }
    voices = tuple(
        replace(voice, music=voice.music.replace(told.get(voice.voice, ""), "", 1)) for voice in bars[0].voices
    )
    return [replace(bars[0], voices=voices), *bars[1:]]


def _told(cut: str, music: str) -> str:
    """The fields that a cut has put in front of a voice's bar to say what holds there."""
    opening = barlines(VoiceBar("", music).tokens).opening
    return cut.removeprefix(opening).removesuffix(music.removeprefix(opening))


def _with_bars(tune: Tune, first: int, bars: Sequence[Bar]) -> Tune:
    return replace(tune, bars=(*tune.bars[:first], *bars, *tune.bars[first + len(bars) :]))


def with_barlines_of(bar: Bar, model: Bar) -> Bar:
    """The bar between the barlines that another has, voice for voice."""
    usual = barlines(model.voices[0].tokens) if model.voices else barlines(())
    voices = []
    for voice in bar.voices:
        old = model.voice(voice.voice)
        wanted, own = (usual if old is None else barlines(old.tokens)), barlines(voice.tokens)
        music = voice.music.strip().removeprefix(own.opening).removesuffix(own.closing)
        voices.append(replace(voice, music=f"{wanted.opening}{music}{wanted.closing}"))
    return replace(bar, voices=tuple(voices))


# --- what holds behind the new bars ----------------------------------------------------------------------------------


def _with_fields_of(whole: Tune, original: Tune, last: int) -> Tune:
    """What the bars behind `last` rely on, said at the end of it where the new bars left something else."""
    (common, own), (said, own_said) = (changes_until(tune, last + 1) for tune in (original, whole))
    header = original.header
    usual = {"M": header.field("M") or "none", "Q": header.tempo or ""}
    for_all = "".join(
        f"[{name}:{value}]"
        for name in ("M", "Q")
        if (value := common.get(name, usual[name])) and said.get(name, usual[name]) != value
    )
    voices = []
    for voice in whole.bars[last].voices:
        clef = next((one.clef for one in header.voices if one.id == voice.voice), "treble")
        usual_own = {"K": header.key, "clef": clef, "L": str(header.unit)}
        old, new = own.get(voice.voice, {}), own_said.get(voice.voice, {})
        text = for_all + "".join(
            f"[{'K' if name == 'clef' else name}:{old.get(name, usual_own[name])}]"
            for name in ("L", "K", "clef")
            if old.get(name, usual_own[name]) != new.get(name, usual_own[name])
        )
        voices.append(ended_by(voice, text))
    return _with_bars(whole, last, [replace(whole.bars[last], voices=tuple(voices))])


def ended_by(voice: VoiceBar, fields: str) -> VoiceBar:
    """One voice with fields before its closing barline."""
    if not fields:
        return voice
    closing = barlines(voice.tokens).closing
    return replace(voice, music=voice.music.rstrip().removesuffix(closing) + fields + closing)
