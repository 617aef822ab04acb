import json

from bot.bench.scripts.bits import main
from tests.generator.evaluation.conftest import BACH, make_row


def test_held_out_pieces_cost_the_model_more_the_less_they_are_like_music(tmp_path, capsys):
    rows = [make_row(1, BACH, bars=2), make_row(2, BACH, split="held-out", bars=4)]
    noise = {**rows[1], "abc": rows[1]["abc"].replace("D", "^^D,,/").replace("E", "_E'''")}
    found = []
    for held_out in (rows[1], noise):
        corpus = tmp_path / "tunes.jsonl"
        corpus.write_text(json.dumps(rows[0]) + "\n" + json.dumps(held_out) + "\n", encoding="utf-8")
        main(corpus, 1, "fp32")
        found.append(json.loads(capsys.readouterr().out))
    assert 0 < found[0]["bits"] < found[1]["bits"]
    assert 100 < found[0]["characters"] < found[1]["characters"]
