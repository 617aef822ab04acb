import numpy as np
import pytest

from generator.evaluation import histograms
from generator.evaluation.histograms import HISTOGRAMS, describe, melody_grams
from generator.notation import Tune, parse_tune, transpose

HEADER = "L:1/8\nQ:1/4={tempo}\nM:{metre}\nK:{key}\nV:1 treble\nV:2 bass\n"


def tune(*bars: str, key: str = "C", metre: str = "4/4", tempo: int = 90) -> Tune:
    return parse_tune(HEADER.format(key=key, metre=metre, tempo=tempo) + "\n".join(bars) + "\n")


SCALE = tune("[V:1]cdefgabc'|[V:2]C,4G,4|", "[V:1]c4 [ceg]4|[V:2]C,8|")


def histogram(name: str, piece: Tune) -> list[float]:
    return getattr(histograms, name)(histograms._Piece(piece))


def test_pitch_classes_count_time_from_the_tonic() -> None:
    shares = histogram("pitch_classes", tune("[V:1]c4 e2 g2|[V:2]z8|"))
    assert shares == pytest.approx([0.5, 0, 0, 0, 0.25, 0, 0, 0.25, 0, 0, 0, 0])
    assert histogram("pitch_classes", tune("[V:1]d8|[V:2]z8|", key="D"))[0] == 1


def test_steps_and_leaps_are_told_apart() -> None:
    shares = histogram("melodic_intervals", tune("[V:1]c2d2c2c''2|[V:2]z8|"))
    assert shares[12 + 2] == shares[12 - 2] == pytest.approx(1 / 3)
    assert shares[12 + 12] == pytest.approx(1 / 3)  # two octaves count as one


def test_note_lengths_and_their_ratios_are_counted() -> None:
    piece = tune("[V:1]c4c2cc|[V:2]z8|")
    assert histogram("note_lengths", piece)[5] == 0.5  # quavers
    assert sum(histogram("note_lengths", piece)) == pytest.approx(1)
    ratios = histogram("length_ratios", piece)
    assert (ratios[2], ratios[4]) == pytest.approx((2 / 3, 1 / 3))  # half as long, equally long


def test_chords_are_named_by_kind_and_root() -> None:
    piece = tune("[V:1][ceg]4 [dfa]4|[V:2]C,4D,4|")
    kinds = histogram("chord_kinds", piece)
    assert (kinds[0], kinds[1]) == (0.5, 0.5)
    roots = histogram("chord_roots", piece)
    assert (roots[0], roots[12 + 2]) == (0.5, 0.5)


def test_places_in_the_beat_tell_syncopation() -> None:
    assert histogram("places_in_beat", tune("[V:1]c2c2c2c2|[V:2]z8|"))[0] == 1
    assert histogram("places_in_beat", tune("[V:1]zc2c2c2c|[V:2]z8|"))[2] == 1


def test_a_tied_note_is_struck_once() -> None:
    assert histogram("density", tune("[V:1]c4-c4|[V:2]z8|"))[1] == 1


def test_a_transposed_piece_sounds_the_same_but_for_its_register() -> None:
    ours, higher = describe(SCALE), describe(transpose(SCALE, semitones=2))
    register = slice(-9, -3)
    changed = np.flatnonzero(~np.isclose(ours, higher))
    assert set(changed) <= set(range(len(ours))[register])
    assert ours[-9] + 2 == pytest.approx(higher[-9])


def test_tempo_and_metre_of_the_header_are_not_heard() -> None:
    slow, fast = (tune("[V:1]cdefgabc'|[V:2]C,8|", tempo=tempo) for tempo in (40, 200))
    assert np.array_equal(describe(slow), describe(fast))
    alla_breve = tune("[V:1]cdefgabc'|[V:2]C,8|", metre="2/2")
    assert np.array_equal(describe(slow), describe(alla_breve))


def test_every_histogram_of_silence_is_zero_and_a_number() -> None:
    silence = tune("[V:1]z8|[V:2]z8|")
    assert np.isfinite(describe(silence)).all()
    assert all(sum(histogram(made.__name__, silence)) == 0 for made in HISTOGRAMS[:-2])


def test_melodic_runs_are_the_same_at_another_pitch() -> None:
    runs = melody_grams(SCALE, intervals=4)
    assert (2, 2, 1, 2) in runs
    assert melody_grams(transpose(SCALE, semitones=5), intervals=4) == runs
    assert melody_grams(tune("[V:1]c8|[V:2]C,8|"), intervals=4) == frozenset()
