"""Beginnings in a plain form: what an edition says besides the notes goes, and what does not fit is refused."""

import pytest

from generator.errors import GeneratorError
from generator.notation import parse_tune
from generator.training.shipped.excerpts import BARS, plain_excerpt

EDITION = """%%score { ( 1 3 ) | 2 }
L:1/8
Q:1/4=120
M:3/4
K:Amin
V:1 treble nm="Klavier" snm="Kl."
V:3 treble
V:2 bass
[V:1]"^Andante" E2|[V:2]z2|
[V:1]|:"^dolce"!p!(A2 .c2) Te2|[V:3]x6|[V:2]A,,2 [!3!E,A,C]4|
[V:1]{d}e2 (^d2 c2)|[V:2]A,,6|
[V:1]a/g/f/e/ d2 !>(!c2!>)!|[V:2]D,2 F,2 A,2|
[V:1]B4 z2|[V:2]E,6|
[V:1]A6:|[V:2]A,,6:|
"""


def excerpt(abc=EDITION, instrumentation="Keyboard"):
    return plain_excerpt(abc, instrumentation=instrumentation)


def test_words_marks_slurs_ornaments_repeats_and_the_pickup_go():
    plain = excerpt()
    tune = parse_tune(plain)
    assert len(tune.bars) == BARS
    assert not set('"!{}~.:()<>') & set(plain.partition("V:2 bass")[2].replace("[V:", ""))
    assert tune.bars[0].voice("1").music.replace(" ", "") == "A2c2e2|"
    assert [voice.name for voice in tune.header.voices] == ["Piano", "", ""]
    assert tune.header.tempo == "1/4=92"


def test_the_plain_form_of_a_plain_form_is_itself():
    assert excerpt(excerpt()) == excerpt()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("M:3/4", "M:none"),
        ("[V:2]A,,6|", "[V:2]A,,5|"),
        ("[V:2]A,,6|", "[V:2][K:C]A,,6|"),
        ("[V:1]a/g/f/e/ d2", "[V:1]a>g d2 d2"),
        ("V:2 bass", "V:2 perc"),
        ("%%score { ( 1 3 ) | 2 }", "%%score 1 3 2"),
    ],
)
def test_what_does_not_fit_into_it_is_refused(old, new):
    assert old in EDITION
    with pytest.raises((ValueError, GeneratorError)):
        excerpt(EDITION.replace(old, new))
