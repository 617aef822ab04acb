"""`notabot edit`: words in, a piece and a picture of what changed out."""

import json

from bot.cli import run
from tests.bot.cli.test_onward import TUNE


def test_a_tune_is_edited_in_words_and_what_cannot_be_done_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "air.abc").write_text(TUNE)
    assert run(["edit", "air.abc", "lovely", "--formats", "abc"]) == 2
    assert "what is to be changed: “lovely”" in capsys.readouterr().err
    assert run(["edit", "air.abc", "bar 1 an octave higher,", "slower", "--formats", "abc", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["edited"]["changed"] == [1]
    text = next((tmp_path / "out").glob("*.abc")).read_text()
    assert "[V:1]g2 a2 b2|" in text
    assert "C:Anna, edited by Notabot" in text
    assert "Q:1/4=80" in text
