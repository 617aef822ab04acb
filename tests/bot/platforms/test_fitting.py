"""Replies cut to what a chat takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.messages import Attachment, Reply
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
    chinese = replace(reply({"a.mp3": 101}), language="zh")
    assert "太大" in fit(chinese, file_limit=100).text


def with_spares(sizes: dict[str, int], *, pdf: int = 20, small: int = 5, **values: object) -> Reply:
    """A piece whose MP3 has a small one, and whose pages are in a PDF."""
    whole = file("a.pdf", pdf)
    spares = {name: whole for name in PIECE if name.endswith("png")} | {"a.mp3": file("a_small.mp3", small)}
    attachments = [replace(each, spare=spares.get(each.name)) for each in reply(sizes).attachments]
    return replace(reply(), attachments=attachments, **values)  # type: ignore[arg-type]


def test_an_mp3_that_is_too_large_is_replaced_by_the_small_one():
    fitted = fit(with_spares({"a.mp3": 101}), file_limit=100)
    assert names(fitted) == ["p1.png", "a_small.mp3", "a.mid", "a.xml", "a.abc", "p2.png", "p3.png"]
    assert fitted.text == "Chopin\nThe MP3 is too large for this chat, so this one has a lower bit rate."


def test_the_mp3_becomes_smaller_when_all_together_is_too_much():
    fitted = fit(with_spares({"a.mp3": 90}, pdf=60), file_limit=100, total_limit=100)
    assert names(fitted) == ["p1.png", "a_small.mp3", "a.mid", "a.xml", "a.abc"]
    assert "2 more pages do not fit here: press Page 2 or PDF." in fitted.text
    assert "lower bit rate" in fitted.text


def test_a_small_mp3_that_is_too_large_as_well_is_no_help():
    fitted = fit(with_spares({"a.mp3": 102}, small=101), file_limit=100)
    assert "a_small.mp3" not in names(fitted)
    assert fitted.text == "Chopin\nToo large for this chat: MP3. Ask for fewer bars to get it."


def test_pages_that_do_not_fit_are_in_the_pdf_which_comes_once():
    fitted = fit(with_spares({}), file_limit=100, max_pictures=1)
    assert names(fitted) == ["p1.png", "a.mp3", "a.mid", "a.xml", "a.abc", "a.pdf"]
    assert fitted.text == "Chopin\n2 pages do not fit here as pictures; they are in the PDF."


def test_a_page_that_is_too_large_as_a_picture_is_in_the_pdf():
    fitted = fit(with_spares({"p1.png": 101}, language="zh"), file_limit=100)
    assert names(fitted) == ["a.mp3", "a.mid", "a.xml", "a.abc", "p2.png", "p3.png", "a.pdf"]
    assert fitted.text == "Chopin\n有 1 页无法以图片发送，已收入 PDF。"


def test_a_pdf_that_is_there_already_does_not_come_twice():
    piece = with_spares({})
    twice = replace(piece, attachments=[*piece.attachments, piece.attachments[0].spare])
    assert names(fit(twice, file_limit=100, max_pictures=1)).count("a.pdf") == 1


def test_a_pdf_for_which_there_is_no_place_is_below_its_button():
    fitted = fit(with_spares({}), file_limit=100, max_files=5)
    assert names(fitted) == ["p1.png", "a.mp3", "a.mid", "a.xml", "a.abc"]
    assert "press Page 2 or PDF" in fitted.text


def test_the_small_mp3_stands_in_for_one_that_is_gone(tmp_path: Path):
    gone = Attachment("a.mp3", "audio", path=tmp_path / "gone", spare=file("a_small.mp3", 5))
    assert names(fit(Reply("Chopin", attachments=[gone]), file_limit=10)) == ["a_small.mp3"]


@pytest.mark.parametrize("limit", [0, 1, 5, 9, 10, 20, 35])
def test_with_spares_too_the_result_is_within_the_limits(limit):
    fitted = fit(with_spares({"a.mp3": 30, "p2.png": 25}), file_limit=limit, total_limit=2 * limit, max_files=3)
    sizes = [attachment.size for attachment in fitted.attachments]
    assert all(size <= limit for size in sizes)
    assert sum(sizes) <= 2 * limit
    assert len(set(names(fitted))) == len(sizes) <= 3
