"""Replies cut to what a chat takes."""

from pathlib import Path

import pytest

from bot.chat import Attachment, Reply
from bot.platforms.fitting import fit


def file(name: str, size: int) -> Attachment:
    kind = "picture" if name.endswith("png") else "audio" if name.endswith("mp3") else "document"
    return Attachment(name, kind, data=bytes(size))


PIECE = ("p1.png", "a.mp3", "a.mid", "a.xml", "a.abc", "p2.png", "p3.png")


def reply(sizes: dict[str, int] | None = None, text: str = "Chopin") -> Reply:
    return Reply(text, attachments=[file(name, (sizes or {}).get(name, 10)) for name in PIECE])


def names(fitted: Reply) -> list[str]:
    return [attachment.name for attachment in fitted.attachments]


def test_what_fits_is_not_touched():
    small = reply()
    assert fit(small, file_limit=10, total_limit=70, max_files=7, max_pictures=3) is small


def test_too_many_pages_go_and_the_text_says_so():
    fitted = fit(reply(), file_limit=100, max_pictures=1)
    assert names(fitted) == ["p1.png", "a.mp3", "a.mid", "a.xml", "a.abc"]
    assert fitted.text.startswith("Chopin\n2 more pages")


def test_a_file_that_is_too_large_goes_and_is_named():
    fitted = fit(reply({"a.mp3": 101}), file_limit=100)
    assert "a.mp3" not in names(fitted)
    assert "MP3" in fitted.text


def test_later_pages_go_before_the_audio_when_all_together_is_too_much():
    fitted = fit(reply({"a.mp3": 60}), file_limit=100, total_limit=105)
    assert names(fitted) == ["p1.png", "a.mp3", "a.mid", "a.xml", "a.abc"]


def test_the_largest_goes_when_pages_are_not_enough():
    fitted = fit(reply({"a.mp3": 60}), file_limit=100, total_limit=50)
    assert names(fitted) == ["p1.png", "a.mid", "a.xml", "a.abc"]
    assert "MP3" in fitted.text


def test_too_many_files_lose_the_least_important():
    documents = Reply("all", attachments=[file(f"{number}.txt", 1) for number in range(12)])
    assert names(fit(documents, file_limit=10, max_files=10)) == [f"{number}.txt" for number in range(10)]


@pytest.mark.parametrize("limit", [0, 1, 9, 10, 35])
def test_the_result_is_always_within_the_limits(limit):
    fitted = fit(reply({"a.mp3": 30}), file_limit=limit, total_limit=2 * limit, max_files=3)
    sizes = [attachment.size for attachment in fitted.attachments]
    assert all(size <= limit for size in sizes)
    assert sum(sizes) <= 2 * limit
    assert len(sizes) <= 3


def test_a_file_that_is_gone_is_left_out_and_named(tmp_path: Path):
    gone = Attachment("a.mid", "document", path=tmp_path / "gone")
    fitted = fit(Reply("Chopin", attachments=[gone, file("a.abc", 1)]), file_limit=10)
    assert names(fitted) == ["a.abc"]
    assert "MID" in fitted.text


def test_the_note_is_in_the_language_of_the_reply():
    assert "太大" in fit(reply({"a.mp3": 101}, text="肖邦，钢琴"), file_limit=100).text
    assert "太大" in fit(reply({"a.mp3": 101}), file_limit=100, language="zh").text
