"""What is composed from and what is only offered, by what the words are and not by which they are."""

import pytest

from generator.catalogue.catalogue import load_catalogue
from generator.wishes.reading import read_wishes

CATALOGUE = load_catalogue()


def sort(words, **how):
    return read_wishes(words, CATALOGUE, **how).sort


@pytest.mark.parametrize(
    "words",
    [
        "grandma danced polka in her youth",
        "Vivaldi taught orphans in Venice",
        "the choir needs more tenors",
        "the second theme comes back in E minor",
        "make sure the piano is closed",
        "viele mögen Verdi lieber als Wagner",
        "mach bitte die Musik aus",
        "auf der Feier tanzten alle Tango",
        "wegen dieser Sinfonie fast den Zug verpasst",
        "婚礼上有弦乐四重奏",
        "新音乐厅的弦乐很难听",
        "奶奶年轻的时候跳波尔卡",
        "更像波尔卡而不是圆舞曲",
    ],
)
def test_a_sentence_that_names_music_and_tells_something_is_not_composed_from(words):
    assert sort(words) != "request"


@pytest.mark.parametrize("words", ["lieber Tango als Walzer", "Debussy or Ravel", "宁要贝多芬不要瓦格纳"])
def test_one_thing_beside_another_of_its_sort_is_an_opinion(words):
    assert sort(words) == "offer"


@pytest.mark.parametrize(
    "words",
    [
        "hiii can u make me a song for my recorder?? we have a concert on friday pls",
        "play smth by the guy who wrote swan lake, but new. oboe solo + strings",
        "My cousin marries in June: processional for organ and trumpet, stately, not Wagner",
        "Surprise me. Only rule: 7/8.",
        "lullaby for my newborn niece Amelia, harp",
        "Physiker braucht Ablenkung. Kanon zu dritt, g-Moll",
        "hey Bot, heute ist mir nach Chopin – aber ohne Walzer",
        "西贝柳斯 北欧的冬天 很冷 d小调",
        "除了肖邦谁都行,钢琴夜曲",
        "随便来一首",
    ],
)
def test_what_is_asked_for_or_described_is_composed_whatever_stands_around_it(words):
    assert sort(words) == "request"


@pytest.mark.parametrize(
    "words",
    [
        "lullaby for my newborn granddaughter Clara",
        "ein Wiegenlied für meine Nichte Fanny, Harfe",
        "tuba solo for my brother Franz",
        "给女儿克拉拉写一首摇篮曲",
        "a waltz for my friend Johann Strauss",
    ],
)
def test_for_whom_a_piece_is_says_nothing_of_who_wrote_it(words):
    wishes = read_wishes(words, CATALOGUE)
    assert (wishes.sort, wishes.part("composer"), wishes.strangers, wishes.missed) == ("request", None, (), ())


def test_a_composer_keeps_his_name_behind_by_and_a_player_his_behind_for():
    assert read_wishes("romance by Clara Schumann", CATALOGUE).style.called == "Clara Schumann"
    assert read_wishes("Clara Schumann for piano", CATALOGUE).part("composer") is not None


@pytest.mark.parametrize("words", ["Im bored, make a piece", "surprise me, but keep it short", "写一首曲子"])
def test_who_asks_for_a_piece_and_says_nothing_of_it_gets_one(words):
    assert sort(words) == "request"


def test_two_whose_manners_are_mixed_are_asked_for():
    assert sort("erik satie meets scott joplin") == "request"
    assert sort("Satie trifft Joplin") == "request"


def test_the_same_words_behind_a_command_are_a_request():
    assert sort("grandma danced polka in her youth") == "offer"
    assert sort("grandma danced polka in her youth", is_request=True) == "request"


@pytest.mark.parametrize("words", ["今天天气很好", "nice weather", "super Wetter heute"])
def test_what_else_is_called_good_is_no_thanks(words):
    assert sort(words) == "talk"


@pytest.mark.parametrize("words", ["很好", "这个很好", "nice one", "super gemacht"])
def test_a_piece_that_is_called_good_is_thanks(words):
    assert sort(words) == "thanks"
