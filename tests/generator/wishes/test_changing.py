"""Words that change a piece, and those that ask for one of their own."""

from dataclasses import fields

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.notation.keys import parse_key
from generator.wishes.changing import Before, read_change

CATALOGUE = load_catalogue()
BEFORE = Before(style=CATALOGUE.find("chopin keyboard"), bars=16, key=parse_key("Eb"), tempo=100)


def asdict_of(before):
    return {each.name: getattr(before, each.name) for each in fields(before)}


def changed(words):
    change = read_change(words, CATALOGUE)
    assert change is not None, words
    return asdict_of(BEFORE) | change.values(BEFORE, CATALOGUE)


@pytest.mark.parametrize(
    ("words", "key", "tempo", "bars"),
    [
        ("make it sadder", "Ebm", 75, 16),
        ("can you make it happier?", "Eb", 130, 16),
        ("slower", "Eb", 75, 16),
        ("a bit faster please", "Eb", 130, 16),
        ("make it longer", "Eb", 100, 24),
        ("shorter", "Eb", 100, 10),
        ("now in D minor", "Dm", 100, 16),
        ("make it 32 bars", "Eb", 100, 32),
        ("das gleiche aber in Moll", "Ebm", 100, 16),
        ("etwas langsamer bitte", "Eb", 75, 16),
        ("trauriger", "Ebm", 75, 16),
        ("慢一点", "Eb", 75, 16),
        ("再悲伤一点", "Ebm", 75, 16),
        ("改成小调", "Ebm", 100, 16),
        ("長一點", "Eb", 100, 24),
    ],
)
def test_what_is_said_changes_and_all_else_stays(words, key, tempo, bars):
    assert changed(words) == asdict_of(BEFORE) | {"key": parse_key(key), "tempo": tempo, "bars": bars}


def test_others_may_play_it_in_the_manner_of_the_same_composer_or_of_another():
    assert changed("the same but for violin and piano")["players"] == ("violin", "piano")
    assert changed("the same but for violin and piano")["style"].composer == "Chopin, Frederic"
    assert changed("换成小提琴")["players"][0] == "violin"
    assert changed("the same but like Bach")["style"].composer == "Bach, Johann Sebastian"
    assert str(changed("make it a waltz")["metre"]) == "3/4"


@pytest.mark.parametrize(
    "words",
    [
        "thanks",
        "write me a sad waltz",
        "a sadder waltz",
        "chopin nocturne",
        "noch eins",
        "再来一首",
        "hello",
        "make it",
        "",
    ],
)
def test_a_wish_of_its_own_and_talk_change_nothing(words):
    assert read_change(words, CATALOGUE) is None


@pytest.mark.parametrize(
    ("words", "key", "tempo"),
    [
        ("less cheerful", "Ebm", 83),
        ("nicht so fröhlich", "Ebm", 83),
        ("not so fast", "Eb", 75),
        ("nicht so schnell", "Eb", 75),
        ("别那么慢", "Eb", 130),
    ],
)
def test_less_of_something_leads_away_from_it(words, key, tempo):
    result = changed(words)
    assert (result["key"], result["tempo"]) == (parse_key(key), tempo)
