import xml.etree.ElementTree as ET

import pytest

from renderers.errors import InputRefused
from renderers.score.musicxml import convert_abc
from tests.renderers.test_sanitise import load_tune


def convert(abc, **given):
    return ET.fromstring(convert_abc(abc, **given))


def test_title_and_composer_are_in_the_score():
    score = convert(load_tune("waltz.abc"), title="Waltz % in [A] & <B>", composer="Notabot")
    assert score.findtext("work/work-title") == "Waltz % in [A] & <B>"
    assert score.findtext("identification/creator[@type='composer']") == "Notabot"


def test_the_abc_speaks_for_itself_where_nothing_is_given():
    score = convert(load_tune("song.abc"))
    assert score.findtext("work/work-title") == "Evening"
    assert score.findtext("identification/creator[@type='composer']") == "Nobody"


def test_every_part_has_its_instrument():
    score = convert(load_tune("quartet.abc"))
    assert [part.findtext("part-name") for part in score.iter("score-part")] == [
        "Violin 1", "Violin 2", "Viola", "Violoncello",
    ]  # fmt: skip
    assert [program.text for program in score.iter("midi-program")] == ["41", "41", "42", "43"]  # counted from 1


def programs(*voices):
    """What the voices of a tune play, counted from 0; each is the rest of a V: line."""
    header = "".join(f"V:{number} {rest}\n" for number, rest in enumerate(voices, 1))
    music = "".join(f"[V:{number}]C8|\n" for number in range(1, len(voices) + 1))
    return [
        int(program.text) - 1 for program in convert(f"X:1\nL:1/8\nM:4/4\nK:C\n{header}{music}").iter("midi-program")
    ]


def test_a_second_voice_plays_the_instrument_of_its_staff():
    assert programs('nm="Violin"', "", 'nm="Cello"') == [40, 40, 42]


def test_names_are_read_together():
    """ "Basso" among strings is a double bass; read by itself it was sung."""
    assert programs('nm="Violino"', 'nm="Basso"') == [40, 43]


def test_a_voice_that_comes_again_keeps_its_instrument():
    score = convert('X:1\nL:1/8\nM:4/4\nK:C\nV:1 nm="Violin"\nV:2 nm="Cello"\nV:1\nC8|\nV:2\nC8|\n')
    assert [program.text for program in score.iter("midi-program")] == ["41", "43"]


def test_a_voice_without_a_clef_has_a_treble_clef():
    """Verovio drew none, and the flats of the key below the staff."""
    first = convert('X:1\nL:1/8\nM:4/4\nK:Eb\nV:1 nm="Violin"\nV:2 bass\n[V:1]C8|[V:2]C8|\n').find("part/measure")
    assert [clef.findtext("sign") for clef in first.iter("clef")] == ["G"]


@pytest.mark.parametrize("mark", ["p", "sf", "sfz", "fp", "rfz"])
def test_every_dynamic_mark_is_kept(mark):
    dynamics = convert(f"X:1\nL:1/8\nM:4/4\nK:C\n!{mark}!C8|\n").find("part/measure/direction/direction-type/dynamics")
    assert [element.tag for element in dynamics] == [mark]


def test_the_clef_of_the_left_hand_stands_at_the_beginning():
    """The converter wrote it after a <backup>, and verovio drew the key signature as if for the right hand."""
    first = convert(load_tune("waltz.abc")).find("part/measure")
    assert first[0].tag == "attributes"
    assert [clef.findtext("sign") for clef in first[0].iter("clef")] == ["G", "F"]
    assert len(first.findall("attributes")) == 1


def test_lyrics_are_kept():
    assert [text.text for text in convert(load_tune("song.abc")).iter("text")][:4] == ["Soft", "ly", "the", "eve"]


def test_a_name_in_two_languages_has_two_lines():
    assert convert(load_tune("song.abc")).findtext("part-list/score-part/part-name") == "Singstimme\nVoice"


def test_a_metre_is_never_evaluated(tmp_path):
    witness = tmp_path / "witness"
    convert_abc(f"X:1\nM:open({str(witness)!r},'w')/4\nK:C\nC8|\n")
    assert not witness.exists()


def test_no_file_is_ever_included(tmp_path):
    (tmp_path / "other.abc").write_text("CDEF CDEF CDEF CDEF|\n" * 50)
    included = convert_abc(f"X:1\nK:C\nC8|\n%%abc-include {tmp_path}/other.abc\n")
    assert included.count("<note>") == 1


def test_reading_says_nothing_on_standard_error(capfd):
    convert_abc("X:1\nQ:rubbish\nK:C\nC8|\n")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("abc", ["X:1\nK:C\n(65C8|\n", "X:1\n%%score ( 7 8\nK:C\nC8|\n", ""])
def test_what_cannot_be_read_is_refused(abc):
    with pytest.raises(InputRefused):
        convert_abc(abc)


def test_a_first_bar_with_nothing_in_it_is_no_obstacle():
    assert convert("X:1\nM:4/4\nK:C\n[V:1]|C8|\n").find("part/measure") is not None
    assert convert("X:1\nM:4/4\nK:C\n[V:1]y|\n[V:2]C8|\n").find("part/measure") is not None
