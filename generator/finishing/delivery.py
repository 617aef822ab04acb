"""The ABC that people receive: a tune that stands alone in any ABC program.

It has X:, T:, C: and every voice in every bar; it has no countdown, no prompt lines and no second voices that never
sound; what is repeated begins and ends (`repeats.py`), broken rhythm is between equals (`broken_rhythm.py`), texts are
ones that players know (`marks.py`), who begins together is loud together (`dynamics.py`), words fit the tempo
(`tempo_words.py`), short notes have beams, voices end bars on their own staff, clefs and octave brackets help to read
it (`staves.py`), rests are seen once (`seen_rests.py`), a keyboard has one pedal (`pedals.py`), hairpins, pedals, slurs
and ties begin and end (`spanners.py`, `slurs.py`), hairpins do not crowd (`hairpins.py`), and it ends with a final
barline.
"""

from dataclasses import replace

from generator.finishing.broken_rhythm import write_out_unequal
from generator.finishing.dynamics import agree_on_dynamics, drop_repeated_dynamics
from generator.finishing.hairpins import calm_hairpins
from generator.finishing.marks import drop_unknown_marks
from generator.finishing.pedals import mend_pedals
from generator.finishing.repeats import REPEAT_END, mend_repeats
from generator.finishing.seen_rests import show_rests
from generator.finishing.slurs import mend_slurs_and_ties
from generator.finishing.spanners import mend_spanners
from generator.finishing.staves import tidy_staves
from generator.finishing.tempo_words import mend_tempo_words
from generator.notation import (
    Bar,
    Header,
    TokenKind,
    Tune,
    complete_rests,
    drop_voices,
    lex_music,
    staves_of,
    strip_countdown,
)
from generator.notation.beaming import beam_by_metre
from generator.notation.checks import barlines
from generator.notation.crossing import come_home
from generator.notation.durations import TIMED

FINAL_BARLINE = "|]"


def finish_tune(header: Header, bars: tuple[Bar, ...]) -> Tune:
    """The composed bars as a tune with complete rests and a final barline, without countdown."""
    tune = strip_countdown(Tune(header=header, bars=bars))
    tune = mend_notation(drop_voices(tune, _silent_second_voices(tune)))
    return close_tune(replace(tune, bars=mend_repeats(tune.bars)))


def mend_notation(tune: Tune) -> Tune:
    """All that is done to what a network has written but for its barlines; every voice stays."""
    tune = mend_tempo_words(agree_on_dynamics(drop_unknown_marks(write_out_unequal(tune))))
    tune = drop_repeated_dynamics(tune)
    tune = tidy_staves(beam_by_metre(come_home(tune), close_gaps=True))
    tune = calm_hairpins(mend_spanners(show_rests(complete_rests(tune))))
    return mend_slurs_and_ties(mend_pedals(tune))


def close_tune(tune: Tune) -> Tune:
    """The tune with a final barline."""
    return replace(tune, bars=(*tune.bars[:-1], _close(tune.bars[-1])))


def _silent_second_voices(tune: Tune) -> set[str]:
    """Voices that share a staff with its main voice and have no note in the whole tune."""
    heard = {voice.voice for bar in tune.bars for voice in bar.voices if voice.sounds}
    return {voice for staff in staves_of(tune.header) for voice in staff[1:]} - heard


def _close(bar: Bar) -> Bar:
    """The bar with a final barline in place of a plain or double one; a repeat sign stays."""
    return replace(bar, voices=tuple(replace(voice, music=_close_music(voice.music)) for voice in bar.voices))


def _close_music(music: str) -> str:
    """One voice's bar, ended by a final barline."""
    music = _without_last_changes(music)
    closing = barlines(lex_music(music)).closing
    if closing in (FINAL_BARLINE, REPEAT_END):
        return music
    final = REPEAT_END if closing.startswith(":") else FINAL_BARLINE
    return music.rstrip().removesuffix(closing) + final


def _without_last_changes(music: str) -> str:
    """One voice's bar without the fields behind its last note or rest: what they change never comes."""
    tokens = lex_music(music)
    last = max((place for place, token in enumerate(tokens) if token.kind in TIMED), default=-1)
    return "".join(
        token.text for place, token in enumerate(tokens) if place < last or token.kind is not TokenKind.FIELD
    )


def delivered_text(tune: Tune, *, title: str, credit: str) -> str:
    """The tune as text, headed by X:, T: and C:."""
    return f"X:1\nT:{title}\nC:{credit}\n{tune}"
