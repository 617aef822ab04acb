import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.messages import Action, Button, Reply
from bot.platforms.telegram.wording import count_units, cut, keyboard, quote, say_whole, split


def test_the_title_stands_above_the_text():
    assert say_whole(Reply("a minor", title="Nocturne")) == "Nocturne\na minor"


def test_a_reply_without_words_still_says_something():
    assert say_whole(Reply("")) == "…"


@pytest.mark.parametrize("text", ["@everyone", "hello @ann!", "x@y", "@@ann"])
def test_nobody_is_mentioned(text):
    quoted = quote(text)
    assert "@" in quoted
    assert not any(quoted[at + 1 : at + 2].isalnum() for at, char in enumerate(quoted) if char == "@")


def test_half_a_character_and_a_null_can_be_sent():
    assert quote("a\ud800b\0c").encode() == b"a?bc"


def test_lengths_count_as_telegram_counts():
    assert count_units("𝄞") == 2
    assert count_units("é") == 1


@pytest.mark.parametrize("text", ["a" * 2000, "𝄞" * 600, "你" * 1025])
def test_a_cut_text_fits_and_shows_that_it_is_cut(text):
    short = cut(text, 1024)
    assert count_units(short) <= 1024
    assert short.endswith("…")
    assert text.startswith(short[:-1])


def test_a_text_that_fits_is_left_alone():
    assert cut("abc", 3) == "abc"


def test_a_long_text_is_broken_between_lines_and_nothing_is_lost():
    lines = [f"line {number} " + "x" * 90 for number in range(100)]
    pieces = split("\n".join(lines))
    assert len(pieces) == 3
    assert all(count_units(piece) <= 4096 for piece in pieces)
    assert "\n".join(pieces).splitlines() == lines


def test_one_endless_line_is_broken_somewhere():
    assert "".join(split("𝄞" * 5000)) == "𝄞" * 5000


def test_no_row_has_more_than_eight_buttons():
    row = [Button(str(number), Action("pick", str(number))) for number in range(10)]
    assert [len(part) for part in keyboard([row]).inline_keyboard] == [8, 2]


def test_no_buttons_are_no_keyboard():
    assert keyboard([[]]) is None


ANYTHING = st.text(alphabet=st.characters() | st.sampled_from("@_\n\0 你𝄞\ud800"), max_size=300)


@settings(max_examples=300, deadline=None)
@given(text=ANYTHING, units=st.integers(1, 40))
def test_whatever_is_said_fits_and_can_be_sent(text, units):
    whole = say_whole(Reply(text))
    assert whole.encode()
    assert count_units(cut(whole, units)) <= units
    pieces = split(whole, max(2, units))
    assert all(count_units(piece) <= max(2, units) for piece in pieces)
    if whole.strip():
        assert "".join("".join(pieces).split()) == "".join(whole.split())


@settings(max_examples=300, deadline=None)
@given(text=ANYTHING)
def test_no_words_of_anybody_become_a_mention(text):
    assert re.search(r"@\w", quote(text)) is None


def test_what_cannot_be_undone_looks_dangerous():
    again, page, delete = keyboard(
        [
            [
                Button("Again", Action("again", "k3f9"), "primary"),
                Button("Page 2", Action("page", "k3f9", "2")),
                Button("Delete", Action("delete", "k3f9"), "danger"),
            ]
        ]
    ).to_dict()["inline_keyboard"][0]
    assert (again["style"], delete["style"]) == ("primary", "danger")
    assert "style" not in page
