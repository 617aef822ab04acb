"""The ABC that people receive: a tune that stands alone in any ABC program.

It has X:, T:, C: and every voice in every bar; it has no countdown and no prompt lines; it ends with a final barline.
"""

from dataclasses import replace

from generator.notation import Bar, Header, Tune, complete_rests, strip_countdown

FINAL_BARLINE = "|]"


def finish_tune(header: Header, bars: tuple[Bar, ...]) -> Tune:
    """The composed bars as a tune with complete rests and a final barline, without countdown."""
    tune = complete_rests(strip_countdown(Tune(header=header, bars=bars)))
    return replace(tune, bars=(*tune.bars[:-1], close(tune.bars[-1])))


def close(bar: Bar) -> Bar:
    """The bar with a final barline in place of a plain or double one; a repeat sign stays."""
    return replace(bar, voices=tuple(replace(voice, music=close_music(voice.music)) for voice in bar.voices))


def close_music(music: str) -> str:
    """One voice's bar, ended by a final barline."""
    if music.endswith((FINAL_BARLINE, ":|")):
        return music
    return music.rstrip("|") + FINAL_BARLINE


def delivered_text(tune: Tune, *, title: str, credit: str) -> str:
    """The tune as text, headed by X:, T: and C:."""
    return f"X:1\nT:{title}\nC:{credit}\n{tune}"
