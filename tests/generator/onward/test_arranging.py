"""Easier, richer, ornamented: what each does to notes, and what it leaves alone."""

import pytest

from generator.notation import check_bars
from generator.onward.arranging import enriched, ornamented, simplified
from generator.onward.brought import bring
from generator.onward.joining import put_in

HEAD = """X:1
T:x
C:y
%%score { 1 | 2 }
L:1/8
M:3/4
K:G
V:1 treble nm="Piano"
V:2 bass
"""


def arranged(arrange, *lines, head=HEAD, **given):
    brought = bring(head + "".join(f"{line}\n" for line in lines))
    new = arrange(brought.tune, range(len(lines)), **given)
    tune = put_in(brought, new) if new else brought.tune
    assert check_bars(tune) == []
    return [str(bar) for bar in tune.bars]


def test_easier_is_one_note_above_without_ornaments_and_the_outer_notes_below():
    (bar,) = arranged(simplified, "[V:1]{a}Tg2 [Bd]2 [GBd]2|][V:2][G,,B,,D,]2 [B,,D,G,]4|]")
    assert bar == "[V:1]g2 d2 d2|][V:2][G,,D,]2 [B,,G,]4|]"


def test_easier_is_one_note_a_beat_where_there_were_four_below():
    (bar,) = arranged(simplified, "[V:1]g6|][V:2]G,,/D,/B,/D,/ G,,D, G,,2|]")
    assert bar == "[V:1]g6|][V:2]G,,2 G,,D, G,,2|]"


def test_an_accidental_that_goes_with_its_note_is_written_at_the_next():
    (bar,) = arranged(simplified, "[V:1][=F^c]2 F2 c2|][V:2]G,6|]")
    assert bar == "[V:1]^c2 =F2 c2|][V:2]G,6|]"


def test_richer_is_a_chord_note_below_the_melody_and_the_octave_in_the_bass():
    (bar,) = arranged(enriched, "[V:1]g2 d2 ef|][V:2]G,2 B,4|]")
    assert bar == "[V:1]g2 [Bd]2 ef|][V:2][G,,G,]2 [B,,B,]4|]"
    (bar,) = arranged(enriched, "[V:1]g6|][V:2][G,B,D]4 G,2|]")
    assert "G,DB,D" in bar.replace(" ", "")


def test_who_plays_one_note_at_a_time_keeps_doing_so():
    flute = HEAD.replace("Piano", "Flute").replace("{ 1 | 2 }", "1 2").replace("V:2 bass", 'V:2 bass nm="Cello"')
    assert arranged(enriched, "[V:1]g2 d4|][V:2]G,2 B,4|]", head=flute) == ["[V:1]g2 d4|][V:2]G,2 B,4|]"]


def test_ornaments_lead_to_the_next_note_and_the_same_seed_gives_the_same():
    lines = ["[V:1]G2 B2 d2|[V:2]G,6|", "[V:1]g4 d2|][V:2]G,6|]"]
    once = arranged(ornamented, *lines, seed=3)
    assert once[0].startswith("[V:1]GA Bc "), "from G over A to B"
    assert once == arranged(ornamented, *lines, seed=3)
    assert all(bar.endswith(end) for bar, end in zip(once, ("[V:2]G,6|", "[V:2]G,6|]"), strict=True))


@pytest.mark.parametrize("arrange", [simplified, enriched])
@pytest.mark.parametrize(
    "line",
    ["[V:1][K:D]{a}g2 d4|][V:2][K:D]G,2 B,4|]", "[V:1]{a}g2 d4 & B6|][V:2]z6|]", "[V:1]z6|][V:2]z6|]"],
)
def test_what_cannot_be_counted_or_changes_its_key_stays(arrange, line):
    first = "[V:1]G6|[V:2]z6|"
    assert arranged(arrange, first, line)[1].replace("{a}", "") == line.replace("{a}", "")
