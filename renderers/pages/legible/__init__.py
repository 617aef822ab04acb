"""MusicXML in, MusicXML that reads better out, for the page alone: nothing sounds otherwise, and no file says it.

What an engraver would do with the same music, bar by bar: voices of one player that move together share their stems,
the higher one has its stems up, rests that two voices have are printed once, voices that only rest are left out;
what has only flags is beamed by the metre, and beams do not reach into tuplets or out of them; a voice goes to the
staff where it needs fewer ledger lines, and what needs more than five gets an octave sign; the pedal has one row of
marks, none on another; a bar too long for a line may be broken; chord symbols have musical signs.

Staves that several people sing or play from stay as they are, but for shared rests: each finds the own voice there.
"""

from lxml import etree

from renderers.pages.legible.beams import beam_by_metre, part_beams_at_tuplets
from renderers.pages.legible.chord_symbols import set_chord_symbols
from renderers.pages.legible.long_bars import break_long_bars
from renderers.pages.legible.octave_signs import MOST, write_octave_signs
from renderers.pages.legible.pedals import settle_pedals
from renderers.pages.legible.players import find_players
from renderers.pages.legible.signs import read_part
from renderers.pages.legible.staves import choose_staves
from renderers.pages.legible.voices import settle_voices
from renderers.pages.tablature import is_tablature

__all__ = ["make_legible"]


def make_legible(score: etree._Element) -> None:
    """Turn a score into what is to be engraved, in place."""
    players = find_players(score)
    for part in score.iterfind("part"):
        if is_tablature(part):
            continue
        measures = list(read_part(part))
        far_out = {measure for measure, signs in measures if any(sign.ledger_lines() > MOST for sign in signs)}
        beam_by_metre(measures)
        part_beams_at_tuplets(measures)
        choose_staves(measures)
        settle_voices(measures, is_one_player=players.get(str(part.get("id")), False))
        settle_pedals(part)
        if far_out:
            write_octave_signs(part, far_out)
    set_chord_symbols(score)
    break_long_bars(score)
