import verovio

from renderers.score import toolkits


def test_a_score_does_not_wait_for_a_toolkit_that_was_made_ahead_and_none_gets_it_twice(monkeypatch):
    monkeypatch.setattr(toolkits, "_ready", [])
    made = []
    monkeypatch.setattr(verovio, "toolkit", lambda: made.append(len(made)) or made[-1])
    toolkits.make_ready()
    toolkits.make_ready()
    assert made == [0]
    assert toolkits.open_toolkit() == 0
    assert made == [0]
    assert toolkits.open_toolkit() == 1
