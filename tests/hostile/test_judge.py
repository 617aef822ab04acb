"""The judges are strict: with a safeguard of the bot taken away, what is thrown finds it."""

import pytest

import bot.commands.pieces as pieces
import bot.platforms.discord.message as discord_message
import bot.platforms.telegram.wording as telegram_wording
from bot.chat.messages import Action, Attachment, Button, Reply
from bot.commands import run_command
from bot.texts import clean, say
from tests.hostile import words
from tests.hostile.judge import check_reply, check_words
from tests.hostile.test_discord import check_shown
from tests.hostile.world import ATTACKERS, VICTIM, Victim

LEAKS = (
    "Traceback (most recent call last):",
    "KeyError: 'n'",
    "ValueError('x')",
    "<class 'bot.chat.Reply'>",
    "<bot.chat.Reply object at 0x7f00>",
    'File "/x/bot/chat.py", line 1',
    "root:x:0:0",
    "NoSuchPiece",
    say("error.unexpected", "en", reference="12ab34"),
    say("error.unexpected", "zh", reference="12ab34"),
    "a\0b",
    "\u202edrowssap",
    "a\u200bb",
    "\ud800",
)


@pytest.mark.parametrize("leak", LEAKS)
def test_what_may_not_be_said_is_found(leak):
    with pytest.raises((AssertionError, UnicodeEncodeError)):
        check_words(f"There is no piece {leak}.")


def test_what_was_typed_may_be_said():
    check_words("I know no command “KeyError”. Look at /help.", thrown="/KeyError")
    with pytest.raises(AssertionError):
        check_words("I know no command “KeyError”. Look at /help.", thrown="/help")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(""),
        Reply("x" * 5000),
        Reply("fine", title="x" * 300),
        Reply("fine", buttons=((),)),
        Reply("fine", buttons=((Button("", Action("keep")),),)),
        Reply("fine", attachments=(Attachment("../passwd", "document", data=b""),)),
        Reply("fine", attachments=(Attachment("a/b.mid", "document", data=b""),)),
        Reply("fine", attachments=(Attachment(".env", "document", data=b""),)),
    ],
)
def test_what_no_platform_can_show_is_found(reply, tmp_path):
    with pytest.raises(AssertionError):
        check_reply(reply, data=tmp_path)


@pytest.mark.parametrize("name", ["notabot.db", "files/../notabot.db", "../secret.txt", "/etc/passwd"])
def test_a_file_from_elsewhere_is_found(name, tmp_path):
    check_reply(Reply("fine", attachments=(Attachment("a.mid", "document", tmp_path / "files/ab/ab"),)), data=tmp_path)
    with pytest.raises(AssertionError):
        check_reply(Reply("fine", attachments=(Attachment("a.mid", "document", tmp_path / name),)), data=tmp_path)


@pytest.mark.parametrize(
    "text", ["*", "a_b", "> x", "a\n# x", "- x", "`x`", "<@1>", "[x](y)", "||", "@everyone", "\\\\*", "**a**b"]
)
def test_markup_is_found(text):
    with pytest.raises(AssertionError):
        check_shown(text, text)


# --- the same, with the whole bot -------------------------------------------------------------------------------------


def test_without_the_check_of_the_owner_the_loss_is_found(stage, monkeypatch):
    async def everybody_owns_everything(context, piece_id):
        return None

    stage.thrown = 0
    victim = stage.run(Victim(stage.world).settle())
    monkeypatch.setattr(pieces, "_check_owner", everybody_owns_everything)
    stage.run(stage.world.press(Action("sure", victim.pieces[0]).encode(), ATTACKERS[0]))
    with pytest.raises(AssertionError):
        stage.run(victim.check_untouched())


def test_a_mistake_in_a_handler_is_found(stage, monkeypatch):
    def mistaken(*args, **values):
        raise ValueError("a mistake, for this test")

    monkeypatch.setattr(pieces, "clean", mistaken)
    for language in ("en", "zh"):
        context = stage.run(stage.world.say("/piece abc", ATTACKERS[0], language=language))
        with pytest.raises(AssertionError):
            check_reply(context.replies[0], data=stage.world.data, thrown="/piece abc")


def test_a_template_that_reads_what_was_typed_is_found(stage, monkeypatch):
    """`{0.__class__}` in a sentence that is filled in twice."""
    monkeypatch.setattr(pieces, "clean", lambda text, **limits: text.format(stage))
    context = stage.world.context(ATTACKERS[0])
    context.options = {"id": "{0.__class__}"}
    stage.run(run_command(stage.world.registry.command("piece"), context))
    with pytest.raises(AssertionError):
        check_reply(context.replies[0], data=stage.world.data, thrown="{0.__class__}")


def test_without_escaping_the_markup_is_found(monkeypatch):
    shown = [discord_message.escape(poison) for poison in words.POISONS]
    assert not [text for text in shown if not _passes(text)]
    monkeypatch.setattr(discord_message, "_escape_one", lambda found: found[0])
    shown = [discord_message.escape(poison) for poison in words.POISONS]
    assert len([text for text in shown if not _passes(text)]) > 20


def _passes(text):
    """Whether Discord would show the text as it is; what cannot be seen is removed before, by the commands."""
    try:
        check_shown(clean(text, limit=10_000), text)
    except AssertionError:
        return False
    return True


def test_on_telegram_no_poison_calls_anybody():
    for poison in words.POISONS:
        assert not telegram_wording._MENTION.search(telegram_wording.quote(poison))


def test_the_victim_is_somebody_else():
    assert VICTIM not in ATTACKERS
