"""What stands at the foot of a printed piece, from its record."""

import pytest

from bot.making.colophon import colophon_of
from bot.texts import languages

STYLE = {"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard"}
RECORD = {"request": STYLE, "seed": 7, "model": {"file": "notabot.safetensors", "sha256": "0123456789abcdef"}}


@pytest.mark.parametrize("language", languages())
def test_it_says_style_seed_weights_and_which_piece_it_is(language):
    said = colophon_of(RECORD, language, piece="k3f9")
    assert all(word in said for word in ("Notabot", "7", "notabot.safetensors", "0123456789ab", "k3f9"))
    assert "0123456789abc" not in said


def test_it_names_the_style_as_people_call_it():
    assert "Chopin keyboard" in colophon_of(RECORD, "en", piece="k3f9")
    assert "肖邦" in colophon_of(RECORD, "zh", piece="k3f9")


def test_what_a_record_does_not_say_is_left_out_and_below_others_music_stands_nothing():
    bare = colophon_of({"model": RECORD["model"]}, "en", piece="k3f9")
    assert "seed" not in bare
    assert "notabot.safetensors" in bare
    assert colophon_of({"source": {"name": "tune.abc"}}, "en", piece="k3f9") == ""
