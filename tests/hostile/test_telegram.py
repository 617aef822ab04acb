"""Telegram: real updates through our router, PTB's classes and a small Bot API on a socket that knows the limits."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from telegram import Update

from bot.platforms.telegram import pace as pace_module
from bot.platforms.telegram.platform import open_telegram
from bot.platforms.telegram.router import Router
from bot.texts import say
from tests.fakes.telegram import BOT_ID, BOT_NAME, TOKEN, open_fake_telegram
from tests.hostile import volumes, words
from tests.hostile.judge import check_words
from tests.hostile.throwing import hostile, several, throw_all
from tests.hostile.world import ATTACKERS, BLOCKED, VICTIM

COMMANDS = (
    "compose",
    "styles",
    "queue",
    "cancel",
    "piece",
    "settings",
    "help",
    "about",
    "mydata",
    "start",
    "admin clear",
)
GROUP, TOPIC = -1001, 5
SENDING = {
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendAudio",
    "sendMediaGroup",
    "editMessageText",
    "editMessageCaption",
    "editMessageMedia",
    "answerCallbackQuery",
}
WORD_JOINER = "\u2060"


class Chat:
    """Our side of Telegram in the stage's event loop, and the small Bot API on the other side."""

    def __init__(self, stage, fake, router):
        self.stage, self.fake, self.router = stage, fake, router
        self._update = 0

    def throw(self, update):
        """One update, as it comes over the line; returns the calls it led to."""
        self._update += 1
        self.stage.thrown += 1
        before = len(self.fake.calls)
        decoded = Update.de_json(json.loads(json.dumps({"update_id": self._update, **update})), self.router.line.bot)
        self.stage.run(self.router.handle(decoded, lambda: None))
        return self.fake.calls[before:]

    def message(self, who, text, *, group):
        where = {"id": GROUP, "type": "supergroup", "title": "G"} if group else {"id": int(who), "type": "private"}
        topic = {"message_thread_id": TOPIC, "is_topic_message": True} if group else {}
        return {
            "message_id": 900_000 + self._update,
            "date": 1,
            "chat": where,
            "from": person(who),
            "text": text,
            **topic,
        }

    def query(self, who, data, *, message):
        self.fake._open_queries.add(f"q{self._update}")
        shown = self.message(who, "x", group=False) | {"message_id": message}
        shown["from"] = {"id": BOT_ID, "is_bot": True, "first_name": BOT_NAME}
        return {"id": f"q{self._update}", "from": person(who), "chat_instance": "1", "data": data, "message": shown}


def person(who):
    return {
        "id": int(who),
        "is_bot": False,
        "first_name": "x" + words.BIDI,
        "language_code": "zh-CN" if who == ATTACKERS[1] else "en",
    }


@pytest.fixture(scope="module")
def chat(stage):
    """The platform, connected; nothing is held back, so that an answer comes at once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CHAT_BURST", "PROGRESS_PRIVATE_S", "PROGRESS_GROUP_S"):
            patch.setattr(pace_module, name, 1_000_000 if name == "CHAT_BURST" else 0.0)
        fakes = open_fake_telegram()
        fake = stage.run(fakes.__aenter__())
        chosen = stage.world.services.settings.model_copy(
            update={
                "telegram_token": SecretStr(TOKEN),
                "telegram_api_url": fake.base,
                "telegram_messages_per_s": 10_000,
                "telegram_messages_per_chat_per_minute": 100_000,
            }
        )
        platforms = open_telegram(chosen, stage.world.registry, stage.world.services)
        platform = stage.run(platforms.__aenter__())
        router = stage.run(platform._connect())
        assert isinstance(router, Router)
        for who in (*ATTACKERS, BLOCKED, VICTIM):
            fake.person(int(who))
        fake.group(GROUP, forum=True)
        yield Chat(stage, fake, router)
        stage.run(platforms.__aexit__(None, None, None))
        stage.run(fakes.__aexit__(None, None, None))


def check(chat, calls, thrown):
    """What Telegram was asked to show. The small Bot API has refused what is beyond the limits, or has markup."""
    # It went, or was never there; a picture has a caption for a text, which is what is changed then.
    harmless = ("not modified", "to delete not found", "to edit not found", "to react not found", "there is no text")
    assert not [why for _, why in chat.fake.refused if not any(words in why for words in harmless)]
    for call in calls:
        values = call.values
        assert not {"parse_mode", "entities", "caption_entities"} & set(values)
        for said in (values.get("text"), values.get("caption")):
            if said is not None:
                assert said.strip()
                check_words(said.replace(f"@{WORD_JOINER}", "@"), thrown=thrown)
                assert not re.search(r"@\w", said)
        for row in (values.get("reply_markup") or {}).get("inline_keyboard", ()):
            assert all(len(button["callback_data"].encode()) <= 64 for button in row)


def said(calls):
    return [call for call in calls if call.method in SENDING]


def is_for_another_bot(text):
    name = text.split()[0]
    return name.startswith("/") and "@" in name and not name.endswith(f"@{BOT_NAME}")


def test_any_line_is_answered_in_plain_words(chat, victim):
    texts = words.lines(COMMANDS, victim.ids)

    @hostile(volumes.TELEGRAM_LINES)
    @given(several(texts, st.sampled_from(ATTACKERS), st.sampled_from((False, False, True))))
    def throw(messages):
        for text, who, group in messages:
            calls = chat.throw({"message": chat.message(who, text, group=group)})
            check(chat, calls, text)
            assert said(calls) or group or not text.split() or is_for_another_bot(text), text

    throw_all(chat.stage, throw, at_least=volumes.TELEGRAM_LINES)
    chat.stage.run(victim.check_untouched())


def test_any_button_is_answered(chat, victim):
    shown = chat.throw({"message": chat.message(ATTACKERS[0], "/settings", group=False)})
    message = chat.fake.from_bot(int(ATTACKERS[0]))[-1]["message_id"]
    verbs = tuple(chat.stage.world.registry.actions)
    assert said(shown)

    @hostile(volumes.TELEGRAM_BUTTONS)
    @given(several(words.callbacks(verbs, victim.ids + chat.stage.own), st.sampled_from(ATTACKERS[:1])))
    def throw(pressed):
        for data, who in pressed:
            calls = chat.throw({"callback_query": chat.query(who, data, message=message)})
            check(chat, calls, data)
            assert any(call.method == "answerCallbackQuery" for call in calls), data

    throw_all(chat.stage, throw, at_least=volumes.TELEGRAM_BUTTONS)
    chat.stage.run(victim.check_untouched())


def test_somebody_blocked_learns_only_that(chat):
    for text in ("/compose chopin", "/queue", "chopin", "/admin clear", "/piece", "/start job_x", "/mydata export"):
        calls = chat.throw({"message": chat.message(BLOCKED, text, group=False)})
        assert [call.values.get("text") for call in said(calls)] == [say("error.NotAllowed", "en")]
