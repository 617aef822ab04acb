"""Where there are no forms, an answer is known by the last line of what it answers."""

from bot.chat.messages import Action, Ask, asked_in
from bot.platforms.questions import question

ASK = Ask(action=Action("hand", "k3f9", "1"), title="Bars", label="Change these lines", prefill="1: A|")


def test_the_action_is_in_the_last_line_of_the_question_and_nowhere_else():
    text = question(ASK, "en").text
    assert "1: A|" in text
    assert Action.decode(asked_in(text)) == ASK.action
    assert asked_in(f"{text}\nmore") is None
    assert asked_in("hello") is None
