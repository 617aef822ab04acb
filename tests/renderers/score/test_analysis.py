import pytest

from renderers.errors import InputRefused
from renderers.score.analysis import analyse
from renderers.score.musicxml import convert_abc
from tests.renderers.test_sanitise import load_tune


def test_music21_hears_the_key_and_the_ranges():
    analysis = analyse(convert_abc(load_tune("quartet.abc")))
    assert analysis.key == "D major"
    assert analysis.key_correlation > 0.8
    assert analysis.num_measures == 4
    assert [part.name for part in analysis.parts] == ["Violin 1", "Violin 2", "Viola", "Violoncello"]
    assert (analysis.parts[3].lowest, analysis.parts[3].highest) == ("A2", "B3")
    assert analysis.num_notes == sum(part.num_notes for part in analysis.parts)


def test_what_music21_cannot_read_is_refused():
    with pytest.raises(InputRefused):
        analyse("<html/>")
