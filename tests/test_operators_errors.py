"""What only an operator can put right is never read in a chat: no sentence there names a setting or a path."""

from importlib import import_module
from pathlib import Path

import pytest

from bot.texts import FALLBACK, explain, explain_in_chat, texts
from config.errors import NotabotError
from renderers.errors import SetupBroken
from renderers.sound.soundfont import find_soundfont

ROOT = Path(__file__).resolve().parents[1]
TELLING = ("NOTABOT_", "{path}", "{folder}", "{where}", "{file}")
# Said by the command line, or when the program starts: whoever reads it there is the operator.
AT_THE_START = {"BadInput", "StoreBroken", "StoreFull", "StoreBusy"}


def of_ours():
    for package in ("bot", "generator", "renderers"):
        for path in (ROOT / package).rglob("errors.py"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return [NotabotError, *below(NotabotError)]


def below(kind):
    return [found for each in kind.__subclasses__() for found in (each, *below(each))]


def telling_texts():
    """(class, reason, sentence) of those that name a setting or a place on the disk."""
    for key, sentence in texts(FALLBACK).items():
        kind, _, reason = key.removeprefix("error.").partition(".")
        if key.startswith("error.") and any(word in str(sentence) for word in TELLING):
            yield kind, reason, sentence


def test_every_sentence_that_names_a_setting_or_a_place_is_for_operators():
    by_name = {kind.__name__: kind for kind in of_ours()}
    told = list(telling_texts())
    assert len(told) > 10, "else this test would prove nothing"
    assert [
        (kind, reason)
        for kind, reason, _ in told
        if not by_name[kind].is_for_operators and not (kind in AT_THE_START and reason)
    ] == []


@pytest.mark.parametrize("kind", sorted({each for each in of_ours() if each.is_for_operators}, key=str), ids=str)
def test_operators_read_it_and_people_do_not(kind):
    error = kind("The file /home/ada/secret.sf2 is not there. Correct NOTABOT_SOUNDFONT.")
    assert explain_in_chat(error) is None
    assert explain(error)


def test_a_soundfont_that_is_not_there_is_for_operators(tmp_path):
    with pytest.raises(SetupBroken) as caught:
        find_soundfont(tmp_path / "nowhere.sf2")
    assert explain_in_chat(caught.value) is None
    assert "nowhere.sf2" in explain(caught.value)
