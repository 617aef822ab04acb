"""`/describe`: what a piece is, in words."""

from bot.chat.messages import SentFile
from bot.commands.describing import describe_abc
from bot.texts import Language
from generator.catalogue.catalogue import load_catalogue
from generator.wishes.reading import read_wishes
from tests.bot.commands.conftest import TUNE


async def test_a_piece_is_said_in_words_and_the_words_ask_for_one_like_it(world):
    await world.piece("/compose chopin keyboard bars=4 seed=7")
    described = (await world.say("/describe")).replies[-1]
    assert described.private
    for words in ("Chopin keyboard", "A minor", "3/4", "♩ = 90", "4 bars", "For Piano"):
        assert words in described.text
    words = described.text.rpartition("/compose ")[2]
    wishes = read_wishes(words, load_catalogue(), is_request=True)
    assert (wishes.style.name, wishes.key.name, str(wishes.metre), wishes.bars, wishes.tempo) == (
        "Chopin keyboard",
        "A minor",
        "3/4",
        4,
        90,
    )


async def test_who_has_no_piece_and_names_none_is_told(world):
    assert (await world.say("/describe")).replies[-1].private
    assert "k3f9" in (await world.say("/describe k3f9")).replies[-1].text


def test_the_head_of_a_tune_says_key_metre_pace_and_players():
    found = describe_abc(TUNE, heading="a tune", bars=2)
    assert found.lines(Language("en")) == ["a tune", "A minor, 3/4, Andantino (♩ = 90)", "2 bars", "For Piano"]


async def test_a_score_that_names_no_composer_is_said_to_name_none(still_world):
    async def fetch(_limit):
        return b"X:1\nT:Kleiner Tanz\nM:3/4\nL:1/4\nK:G\nGAB|c2B|\n"

    said = await still_world.say("/describe", file=SentFile(name="a.abc", size=60, fetch=fetch))
    text = said.replies[-1].text
    assert "Kleiner Tanz" in text
    assert "?" not in text
