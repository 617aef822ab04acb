import pytest

from bot.cli.options import USUAL_FORMATS, complete_formats, matching_words, parse_formats
from bot.cli.training import parse_changes
from bot.errors import BadInput
from renderers.formats import TALL_VIDEO, VIDEO, chat_formats, offered_formats
from tests.refusals import refuses

STYLES = ["Chopin keyboard", "Chopin chamber", "Haydn chamber", "Haydn keyboard"]


def test_formats_are_read_in_the_order_asked_without_doubles():
    assert parse_formats("mp3, abc,MP3") == ("mp3", "abc")
    assert parse_formats(",".join(offered_formats())) == offered_formats()


@pytest.mark.parametrize("text", ["wav", "abc,wav", "", ",", " "])
def test_an_unknown_format_or_none_is_refused_with_the_list(text):
    with refuses(BadInput, match=",".join(offered_formats())):
        parse_formats(text)


def test_nobody_waits_for_a_video_who_has_not_asked_for_one():
    assert not [name for name in USUAL_FORMATS.split(",") if name.startswith(VIDEO.name)]
    assert {VIDEO.name, TALL_VIDEO.name} <= set(offered_formats()) - set(chat_formats())


def test_completion_offers_the_formats_that_are_not_named_yet():
    assert [offer for offer, _ in complete_formats("abc,m")] == [
        f"abc,{name}" for name in offered_formats() if name[0] == "m"
    ]
    assert [offer for offer, _ in complete_formats("mid,mp3")] == ["mid,mp3"]


def test_completion_offers_only_words_of_styles_that_fit_what_is_typed():
    assert matching_words(STYLES, typed=[], incomplete="c") == ["chamber", "chopin"]
    assert matching_words(STYLES, typed=["haydn"], incomplete="") == ["chamber", "keyboard"]
    assert matching_words(STYLES, typed=["chopin", "nonsense"], incomplete="k") == ["keyboard"]


def test_changes_of_a_plan_are_numbers_and_truths():
    assert parse_changes(["hidden=512", "bf16=false", "peak_rate=2e-3"]) == {
        "hidden": 512,
        "bf16": False,
        "peak_rate": 2e-3,
    }


@pytest.mark.parametrize("change", ["hidden", "hidden=", "=3", "hidden=big"])
def test_a_change_that_cannot_be_read_is_refused(change):
    with pytest.raises(BadInput):
        parse_changes([change])
