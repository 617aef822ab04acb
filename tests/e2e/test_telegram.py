"""`notabot run` in its own process, with the model that ships, against a Bot API on a real socket."""

import asyncio
import io
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import mido
import pytest
from lxml import etree
from mutagen.mp3 import MP3
from PIL import Image

from tests.fakes.telegram import TOKEN, Fault, open_fake_telegram

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S, PIECE_LIMIT_S, ANSWER_LIMIT_S = 90, 300, 30
END_LIMIT_S = 30


@pytest.fixture
async def telegram():
    async with open_fake_telegram() as fake:
        yield fake


async def until(condition, *, limit_s=ANSWER_LIMIT_S):
    async with asyncio.timeout(limit_s):
        while not (found := condition()):  # noqa: ASYNC110  # another process gives no sign
            await asyncio.sleep(0.05)
    return found


@asynccontextmanager
async def running_bot(telegram, folder):
    """The program, connected. What still runs at the end is told to stop, and must do so in good order."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NOTABOT_")} | {
        "NOTABOT_TELEGRAM_TOKEN": TOKEN,
        "NOTABOT_TELEGRAM_API_URL": telegram.base,
        "NOTABOT_DATA_DIR": str(folder / "data"),
        "NOTABOT_HEALTH_PORT": "0",
        "NOTABOT_COOLDOWN_S": "0",
        "PYTHONPATH": str(ROOT),
    }
    polls = len(telegram.sent("getUpdates"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment, cwd=folder)
    try:
        await until(
            lambda: len(telegram.sent("getUpdates")) > polls or process.returncode is not None, limit_s=START_LIMIT_S
        )
        yield process
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), END_LIMIT_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def kinds(messages):
    return [next(kind for kind in ("photo", "audio", "document", "text") if kind in each) for each in messages]


def check_files(telegram, result, audio, pdf):
    """All that arrived can be opened with what people open it with."""
    assert Image.open(io.BytesIO(telegram.content(result).content)).format == "PNG"
    assert MP3(io.BytesIO(telegram.content(audio).content)).info.length > 1
    assert telegram.content(pdf).content.startswith(b"%PDF")


def check_documents(telegram, documents):
    """Those that come at the press of a button."""
    by_ending = {Path(telegram.content(each).name).suffix: telegram.content(each).content for each in documents}
    assert {".mid", ".musicxml", ".abc", ".pdf", ".mp3", ".json"} <= set(by_ending)
    assert mido.MidiFile(file=io.BytesIO(by_ending[".mid"])).length > 1
    assert etree.fromstring(by_ending[".musicxml"]).tag == "score-partwise"
    assert b"X:1" in by_ending[".abc"]


async def test_a_piece_survives_the_death_of_the_program_and_so_do_its_buttons(telegram, tmp_path):
    ann = telegram.person(77, "Ann")
    async with running_bot(telegram, tmp_path) as first:
        telegram.say(ann, "/settings pages=pdf")  # or pages would follow as an album
        await until(lambda: telegram.from_bot(77), limit_s=PIECE_LIMIT_S)
        telegram.say(ann, "/compose chopin keyboard bars=40 seed=7")
        await until(lambda: telegram.sent("editMessageText"), limit_s=PIECE_LIMIT_S)  # in the middle of the piece
        [_, status] = telegram.from_bot(77)
        first.kill()
        await first.wait()

    telegram.fail("editMessageMedia", Fault("status", 429, "Too Many Requests: retry after 1", retry_after=1))
    async with running_bot(telegram, tmp_path):
        await until(lambda: len(telegram.from_bot(77)) >= 4, limit_s=PIECE_LIMIT_S)
        _, result, audio, pdf = telegram.from_bot(77)
        assert result["message_id"] == status["message_id"]
        assert kinds([result, audio, pdf]) == ["photo", "audio", "document"]
        check_files(telegram, result, audio, pdf)
        assert "40 bars" in result["caption"]
        said = [text for _, message, text in telegram.history if message == status["message_id"]]
        assert any("bar" in text for text in said[1:-1]), "progress was shown between the first word and the result"
        await press_the_buttons(telegram, ann, result["message_id"])
    assert [call.method for call in telegram.calls].count("sendAudio") == 1
    assert telegram.waiting_updates == []


async def press_the_buttons(telegram, ann, message):
    """Of a result that another process made."""
    telegram.press(ann, 77, message, "All files")
    await until(lambda: "json" in str(telegram.from_bot(77)[-1].get("document")))
    check_documents(telegram, [each for each in telegram.from_bot(77) if "document" in each])
    for label, kind in (("Details", "text"), ("PDF", "document")):
        before = len(telegram.from_bot(77))
        query = telegram.press(ann, 77, message, label)
        await until(lambda query=query: query in telegram.answers)
        await until(lambda before=before: len(telegram.from_bot(77)) > before)
        assert kinds(telegram.from_bot(77)[-1:]) == [kind]
    assert telegram.content(telegram.from_bot(77)[-1]).content.startswith(b"%PDF")


async def send_a_file(telegram, person):
    """Humdrum, alone in a private chat: it comes back as a page with its files behind a button, whatever became of the
    audio.
    """
    telegram.send_document(person, "mazurka.krn", (ROOT / "tests/data/scores/mazurka.krn").read_bytes())
    await until(lambda: "All files" in str(telegram.from_bot(person.id)), limit_s=PIECE_LIMIT_S)
    page = next(each for each in telegram.from_bot(person.id) if "photo" in each)
    telegram.press(person, person.id, page["message_id"], "All files")
    await until(lambda: "document" in kinds(telegram.from_bot(person.id)))
    assert Image.open(io.BytesIO(telegram.content(page).content)).format == "PNG"
    assert "Mazurka in F" in page["caption"]


async def test_a_group_with_topics_and_a_picker_and_what_telegram_refuses(telegram, tmp_path):
    ann, li = telegram.person(77, "Ann"), telegram.person(88, "Li", language_code="zh-hans")
    telegram.group(-1001, forum=True)
    telegram.fail("sendAudio", Fault("status", 413, "Request Entity Too Large", times=9))
    async with running_bot(telegram, tmp_path):
        await send_a_file(telegram, ann)
        picker = await open_picker(telegram, li)
        telegram.say(ann, "/compose@OurBot xylophonist", chat=-1001, topic=42)
        telegram.say(ann, "/compose@OurBot bach keyboard bars=4", chat=-1001, topic=42)
        await until(lambda: len(telegram.from_bot(-1001)) >= 3, limit_s=PIECE_LIMIT_S)
        assert telegram.messages[88, picker]["text"]
    messages = telegram.from_bot(-1001)
    assert {message["message_thread_id"] for message in messages} == {42}
    # One text says that there is no such style, the other that the audio was refused.
    assert sorted(kinds(messages)) == ["photo", "text", "text"]


async def open_picker(telegram, who):
    """Ask for the picker, and turn two of its pages; returns its message."""
    telegram.say(who, "/compose")
    [picker] = await until(lambda: telegram.from_bot(who.id))
    assert any("\u4e00" <= char <= "\u9fff" for char in picker["text"])
    number = picker["message_id"]
    for _ in range(2):
        shown = telegram.messages[who.id, number]
        first = shown["reply_markup"]["inline_keyboard"][0][0]["text"]
        telegram.press(who, who.id, number, first)
        await until(lambda shown=shown: telegram.messages[who.id, number] != shown)
    assert len(telegram.from_bot(who.id)) == 1
    return number
