"""Players who begin together are loud or soft together."""

import pytest

from generator.finishing.dynamics import agree_on_dynamics, drop_repeated_dynamics
from generator.notation import parse_tune

HEADER = "%%score [ 1 2 3 ]\nL:1/8\nM:4/4\nK:C\n" + "".join(f'V:{n} treble nm="Violin {n}"\n' for n in (1, 2, 3))


def agreed(line):
    return str(agree_on_dynamics(parse_tune(HEADER + line + "\n")).bars[0])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[V:1]!p!c8|[V:2]!f!c8|[V:3]!p!c8|", "[V:1]!p!c8|[V:2]!p!c8|[V:3]!p!c8|"),
        ("[V:1]!f!c8|[V:2]!p!c8|[V:3]c8|", "[V:1]!f!c8|[V:2]!f!c8|[V:3]c8|"),
        ("[V:1]c4 !f!c4|[V:2]!p!c8|[V:3]c4 !p!c4|", "[V:1]c4 !f!c4|[V:2]!p!c8|[V:3]c4 !f!c4|"),
        ("[V:1]!f!(cd)c6|[V:2]z2 !p!c6|[V:3]c8|", "[V:1]!f!(cd)c6|[V:2]z2 !p!c6|[V:3]c8|"),
        ('[V:1]"^solo"!f!c8|[V:2]!p!c8|[V:3]!p!c8|', '[V:1]"^solo"!f!c8|[V:2]!p!c8|[V:3]!p!c8|'),
        ("[V:1]!sfz!c8|[V:2]!p!c8|[V:3]!p!c8|", "[V:1]!sfz!c8|[V:2]!p!c8|[V:3]!p!c8|"),
    ],
)
def test_marks_at_the_same_moment_agree_with_most_of_them_or_the_topmost(before, after):
    assert agreed(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("!pp!c4 !pp!c4|", "!pp!c4 c4|"),
        ("!pp!c4 !<(!c2!<)! !pp!c2|", "!pp!c4 !<(!c2!<)! !pp!c2|"),
        ("!pp!c4 !f!c2 !pp!c2|", "!pp!c4 !f!c2 !pp!c2|"),
        ('!p!c4 "_cresc."c2 !p!c2|', '!p!c4 "_cresc."c2 !p!c2|'),
    ],
)
def test_a_dynamic_that_holds_already_is_not_said_again(before, after):
    tune = drop_repeated_dynamics(parse_tune(f"{HEADER}[V:1]{before}\n[V:1]c8|\n[V:1]!pp!c8|\n"))
    assert [bar.voices[0].music for bar in tune.bars] == [after, "c8|", "!pp!c8|"]
