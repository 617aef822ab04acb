"""The options that say how a piece is to be heard: straight, slower, without a part, counted in, some bars repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from bot.errors import BadInput
from bot.making.reading import parse_loop
from renderers.sound.playing import FASTEST_PERCENT, MOST_COUNTED_BARS, SLOWEST_PERCENT, USUAL_PERCENT, Playing


def parse_part(text: str) -> str:
    """A part to leave out, as it was named. Raises BadInput for nothing, and for the option behind a name left out."""
    if not text.strip() or text.startswith("--"):
        raise BadInput(reason="no_part_named")
    return text


Straight = Annotated[
    bool, typer.Option("--straight", help="Play just what is written: no rubato, no added pedal, an even touch.")
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        parser=parse_part,
        metavar="PART",
        help='Leave out a part that you play yourself: "violin", "2", "left hand"; may be said again.',
        show_default=False,
    ),
]
Speed = Annotated[
    int, typer.Option(metavar="PERCENT", min=SLOWEST_PERCENT, max=FASTEST_PERCENT, help="Of the written tempo.")
]
CountIn = Annotated[
    int, typer.Option(metavar="BARS", min=0, max=MOST_COUNTED_BARS, help="Bars of clicks before the music.")
]
Click = Annotated[bool, typer.Option("--click", help="A click on every beat.")]
Loop = Annotated[str, typer.Option(metavar="BARS", help='Bars to be played over and over: "5-8".', show_default=False)]
AT_TEMPO = USUAL_PERCENT


def playing_of(
    *, straight: bool, without: Sequence[str] | None, speed: int, count_in: int, click: bool, loop: str
) -> Playing:
    """What the options say. Raises BadInput for bars that are none."""
    return Playing(
        straight=straight,
        without=tuple(without or ()),
        percent=speed,
        count_in=count_in,
        click=click,
        loop=parse_loop(loop),
    )
