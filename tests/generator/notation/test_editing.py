"""Single words of a tune are found and exchanged."""

from generator.notation import parse_tune
from generator.notation.editing import exchange_words, layers_of, words_of

TUNE = parse_tune("L:1/4\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n[V:1]c4&e2 g2|[V:2]C4|\n[V:1]d4|\n")


def test_the_words_of_a_voice_come_bar_after_bar():
    assert [(place, token.text) for place, token in words_of(TUNE, "2")] == [((0, "2", 0), "C4"), ((0, "2", 1), "|")]
    assert [token.text for _, token in words_of(TUNE, "1")] == ["c4", "&", "e2", " ", "g2", "|", "d4", "|"]


def test_what_follows_an_ampersand_is_a_layer_of_its_own():
    layers = ["".join(token.text for _, token in layer) for layer in layers_of(TUNE)]
    assert layers == ["c4d4|", "&e2 g2|", "C4|"]


def test_only_what_is_named_changes():
    assert exchange_words(TUNE, {}) is TUNE
    exchanged = exchange_words(TUNE, {(0, "1", 2): "f2", (1, "1", 0): ""})
    assert [str(bar) for bar in exchanged.bars] == ["[V:1]c4&f2 g2|[V:2]C4|", "[V:1]|"]
