"""To play along with: without a part, slower, counted in, with clicks, some bars over and over."""

import pytest

from renderers.errors import InputRefused
from renderers.sound.midi import midi_of, pack_midi, play
from renderers.sound.playing import AS_EVER, Playing
from renderers.sound.rehearsal import rehearse
from tests.refusals import refuses
from tests.renderers.playing import notes_of, to_musicxml
from tests.renderers.sound.midi_files import midi_length_s

DUET = ("cdef|gfed|cdef|c4|]", "C4|G,4|C4|C,4|]")


def rehearsed(*music, names=("Violin", "Cello"), metre="4/4", **wanted):
    performance, struck = play(to_musicxml(*music, names=names, metre=metre))
    performance, struck = rehearse(performance, struck, Playing(**wanted))
    return performance, struck, pack_midi(midi_of(performance, struck, title=""))


def clicks_of(struck):
    return [(round(note.start, 3), note.pitch) for note in struck if note.is_drum]


def test_a_part_is_left_out_by_its_name_or_number():
    everybody = len(play(to_musicxml(*DUET, names=("Violin", "Cello")))[1])
    for name in ("violin", "Viol", "1"):
        _, struck, midi = rehearsed(*DUET, without=(name,))
        assert {note.staff for note in struck} == {2}
        assert 0 < len(notes_of(midi)) < everybody


def test_a_pianist_leaves_one_hand_out():
    piano = play(to_musicxml(*DUET, score="{ 1 | 2 }", names=("Piano", "")))
    for words, staff in (("left hand", 1), ("rechte Hand", 2), ("左手", 1)):
        assert {note.staff for note in rehearse(*piano, Playing(without=(words,)))[1]} == {staff}


def test_who_leaves_out_somebody_who_does_not_play_is_told_who_does():
    with refuses(InputRefused, match=r"tuba.*Violin, Cello"):
        rehearsed(*DUET, without=("tuba",))
    with pytest.raises(InputRefused):
        rehearsed(*DUET, without=("violin", "cello"))


def test_slower_is_slower():
    _, _, usual = rehearsed(*DUET)
    _, _, slow = rehearsed(*DUET, percent=50)
    assert midi_length_s(slow) == pytest.approx(2 * midi_length_s(usual))


def test_a_bar_is_counted_before_the_music_in_its_tempo():
    performance, struck, midi = rehearsed(*DUET, count_in=1)
    assert clicks_of(struck) == [(0, 76), (1, 77), (2, 77), (3, 77)]
    assert min(note.start for note in struck if not note.is_drum) == 4
    assert midi_length_s(midi) == pytest.approx(10)
    assert performance.order.starts[0] == 4


def test_before_a_pickup_its_missing_beats_are_counted_too():
    _, struck, _ = rehearsed("g|cdef|g4|]", names=("Flute",), count_in=1, click=True)
    music = [note.start for note in struck if not note.is_drum]
    assert music[0] == 7
    assert [at for at, pitch in clicks_of(struck) if pitch == 76] == [0, 4, 8, 12]


def test_compound_metres_are_counted_in_threes():
    _, struck, _ = rehearsed("c3/2d3/2|e3/2f3/2|]", names=("Flute",), metre="6/8", click=True)
    assert clicks_of(struck) == [(0, 76), (1.5, 77), (3, 76), (4.5, 77)]


def test_some_bars_are_repeated_as_they_are_numbered():
    performance, struck, midi = rehearsed(*DUET, loop=(2, 3), times=3)
    melody = [note.pitch for note in struck if note.staff == 1]
    assert melody == [79, 77, 76, 74, 72, 74, 76, 77] * 3
    assert midi_length_s(midi) == pytest.approx(3 * 4)
    assert performance.order.indices == (1, 2) * 3


def test_a_loop_keeps_its_changes_of_tempo():
    _, _, midi = rehearsed("c4|[Q:1/4=60]d4|[Q:1/4=120]e4|]", names=("Flute",), loop=(1, 2), times=2)
    assert midi_length_s(midi) == pytest.approx(2 * (2 + 4))


@pytest.mark.parametrize("loop", [(0, 2), (3, 2), (3, 9), (9, 9)])
def test_bars_that_there_are_not_are_refused_with_how_many_there_are(loop):
    with refuses(InputRefused, match="4"):
        rehearsed(*DUET, loop=loop)


def test_all_at_once_lasts_as_long_as_it_should():
    _, struck, midi = rehearsed(*DUET, without=("cello",), percent=80, count_in=2, click=True, loop=(1, 2), times=2)
    assert midi_length_s(midi) == pytest.approx((8 + 2 * 8) * 60 / 120 / 0.8)
    assert len(clicks_of(struck)) == 8 + 16


def test_what_is_wanted_can_be_written_down():
    wanted = Playing(without=("violin",), percent=60, count_in=1, click=True, loop=(5, 8), straight=True)
    assert Playing.from_json(wanted.to_json()) == wanted
    assert AS_EVER.is_nothing
    assert not AS_EVER.is_steady
