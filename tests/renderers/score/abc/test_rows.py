"""Which ABC is in NotaGen's form."""

import pytest

from renderers.score.abc.rows import is_interleaved


@pytest.mark.parametrize(
    ("lines", "is_own"),
    [
        (["[V:1]C4|[V:2]E4|", "[V:1]C4|"], True),
        (["[r:0/1][V:1]C4|", "[V:2]C4|"], True),
        (["[V:1]|:!f!C4:|", '[V:1]"^dolce|"[K:D]C4|]'], True),
        (["[V:1] C4|D4|E4|]"], False),  # a melody as people write it was one bar that nobody could play
        (["[V:1]C4|D4|", "[V:1]E4|"], False),
        (["[V:1]C4|", "[V:2]C4|"], False),
        (["C4|"], False),
        ([], False),
    ],
)
def test_a_line_is_one_bar_of_all_voices(lines, is_own):
    assert is_interleaved(lines) is is_own
