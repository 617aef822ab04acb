import pytest

from generator.errors import CheckpointError
from generator.guard.recall import (
    LONGEST,
    SHORTEST,
    Passages,
    Recall,
    Steps,
    Trust,
    longest_match,
    tied_character,
    trust_of,
)
from generator.model.patches import EOS
from tests.refusals import refuses

TRUST = Trust(
    voice=(0.5, 0.0), steps=(-0.5, 0.5), score=(-1.0, 0.5), tie=3.0, network=0.9, longest=-0.1, beside_tie=-0.5
)


@pytest.fixture
def _short_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three characters count already, so that bars can be short enough to read."""
    monkeypatch.setattr("generator.guard.recall.SHORTEST", 3)


def recall(*lines: str) -> Recall:
    memory = Recall()
    memory.learn([f"{line}\n" for line in lines])
    return memory


def expected(memory: Recall, line: str, written: str = "") -> dict[str, Passages]:
    """With characters instead of their codes; "" for the end of a patch."""
    return {chr(code) if code != EOS else "": found for code, found in memory.expect(line, written).items()}


def test_the_longest_passage_wins_and_of_equals_the_latest():
    assert longest_match("abcX..bcY..abc", 2) == ("X.", 3)
    assert longest_match("bcX.-bcY.+bc", 2) == ("Y.", 2)
    assert longest_match("abcabd", 2) == ("", 0)
    assert longest_match("", 1) == ("", 0)
    assert longest_match("a" * 500, 3) == ("a", LONGEST)


@pytest.mark.parametrize(("music", "steps"), [("CDE", "FGA"), ("B2 d2", "A2 c2"), ('"p"ce', '"p"FA')])
def test_music_is_the_same_in_steps_wherever_it_begins(music: str, steps: str):
    assert Steps().add(music).text == Steps().add(steps).text
    assert Steps().add("CE").text != Steps().add("CF").text


def test_letters_of_a_text_are_no_notes():
    assert '"dace"' in Steps().add('"dace"c').text
    assert "!fed!" in Steps().add("!fed!c").text
    # A text that is never closed ends with its bar.
    assert Steps().add('"da|c').text[-1] != "c"


def test_steps_lead_back_to_letters_while_there_are_some():
    steps = Steps().add("CE")
    assert steps.back(steps.text[1]) == "G"
    assert Steps().add("Ca").back(Steps().add("Ca").text[1]) == "", "no letter stands for a note so high"
    assert steps.back("2") == "2"


def test_a_passage_of_some_notes_says_nothing_yet():
    memory = recall("[V:1]c2 e2 g2 a2 f2|", "[V:1]f8|")
    assert expected(memory, "[V:1]c2 e2 ") == {}
    assert expected(memory, "[V:1]c2 e2 g2 a2 ")["f"].voice == SHORTEST + 1


@pytest.mark.usefixtures("_short_passages")
def test_nothing_is_expected_of_a_piece_that_has_said_nothing():
    assert expected(Recall(), "[V:1]c2", "d") == {}
    assert expected(recall("[V:1]c2 d2|"), "[r:1/2]") == {}
    memory = recall("[V:1]c2 d2|")
    assert expected(memory, "[V:2]c2 ") == {}
    assert expected(memory, "[V:1]c2 d2|") == {}, "the bar is over"
    assert expected(memory, "[V:1]c2 d2", "|[") == {}
    assert expected(memory, "[V:1]|:c2 ") != {}


@pytest.mark.usefixtures("_short_passages")
def test_a_voice_goes_on_as_it_did_before():
    memory = recall("[V:1]c2 e2 g2|", "[V:1]f6|")
    assert expected(memory, "[V:1]c2", " e")["2"].voice == len("|c2 e")
    # Three steps of three between them: C-E as c-e, but a third of another kind counts alike.
    assert expected(memory, "[V:1]d2", " f2 ")["a"] == Passages(steps=len("2 f2 "))


@pytest.mark.usefixtures("_short_passages")
def test_the_end_of_a_patch_is_expected_where_a_bar_of_an_upper_voice_ended():
    memory = recall("[V:1]c2 e2|[V:2]C2 G,2|")
    assert set(expected(memory, "[V:1]", "c2 e2")) == {""}
    assert set(expected(memory, "[V:1]c2 e2|[V:2]", "C2 G,2")) == {"|"}, "the last voice writes its own barline"
    assert expected(memory, "[V:1]c2 e2", "") == {}, "a patch was full there: the next voice may begin"


@pytest.mark.usefixtures("_short_passages")
def test_voices_that_repeat_a_bar_together_are_heard_together():
    memory = recall("[V:1]c4|[V:2]C2 E2|", "[V:1]d4|[V:2]C2 F2|")
    found = expected(memory, "[V:1]c4|[V:2]", "C2 ")
    assert found["E"].score > found["F"].voice > 0
    assert found["F"].score == 0


@pytest.mark.usefixtures("_short_passages")
def test_the_countdown_does_not_keep_bars_apart():
    memory = recall("[r:0/9][V:1]c2 d2|", "[r:1/8][V:1]e4|")
    assert expected(memory, "[r:2/7][V:1]c2 ")["d"].score == len("[V:1]c2 ")


@pytest.mark.parametrize(
    ("text", "next_one"),
    [
        ("c2- ", "c"),
        ("c2-", ""),
        ("c2!ped-up! ", ""),
        ("|c,2-| ", "c"),
        ("^c,2- c", ","),
        ("c2- c", ""),
        ("[_ce]4-|", "["),
        ("[_ce]4-|[", "c"),
        ('c2-|!p! "_dolce"(', "c"),
        ("c2- [K:G]", "c"),
        ("c2- (3:2:3", "c"),
        ("[_ce]4-|[c", "e"),
        (f"[{'ceg' * 20}a]4-|[{'ceg' * 20}", "a"),
        ("c2- d", ""),
        ('"poco-" ', ""),
        ("c2", ""),
        ("c2- z", ""),
    ],
)
def test_a_tie_leads_to_the_same_note_again(text: str, next_one: str):
    assert tied_character(text) == next_one


def test_a_tie_over_the_barline_is_expected_in_the_next_bar():
    memory = recall("[V:1]e4-|[V:2]C4|")
    assert expected(memory, "[V:1]")["e"].tie == 1
    assert not any(passages.tie for passages in expected(memory, "[V:1]c4|[V:2]").values())


@pytest.mark.parametrize(
    ("bars", "round_and_round"),
    [("A", False), ("AA", True), ("AAB", False), ("ABAB", True), ("ABA", False), ("CABAB", True)],
)
@pytest.mark.usefixtures("_short_passages")
def test_what_was_just_said_twice_is_not_expected_a_third_time(bars: str, round_and_round: bool):
    memory = recall(*(f"[r:{number}/9][V:1]{bar}4 {bar}4|" for number, bar in enumerate(bars)))
    assert (expected(memory, "[V:1]A4 ") == {}) is round_and_round


def test_a_tie_is_followed_even_then():
    memory = recall("[V:1]A4-|", "[V:1]A4-|")
    assert set(expected(memory, "[V:1]")) == {"A"}


@pytest.mark.usefixtures("_short_passages")
def test_what_was_taken_back_is_forgotten():
    memory = recall("[V:1]c2 d2|", "[V:1]c2 e2|")
    assert set(expected(memory, "[V:1]c2 ")) == {"e"}
    memory.learn(["[V:1]c2 d2|\n"])
    assert set(expected(memory, "[V:1]c2 ")) == {"d"}


def test_evidence_adds_up_and_the_best_founded_character_becomes_the_hint():
    both, one = Passages(voice=8, steps=8), Passages(score=16)
    assert TRUST.evidence(both) == pytest.approx(0.5 - 0.5 + 0.5 * 3)
    assert TRUST.evidence(one) == pytest.approx(-1 + 0.5 * 4)
    hint = TRUST.hint({ord("a"): one, ord("b"): both})
    assert hint == (ord("b"), pytest.approx(1.5), pytest.approx(0.9 - 0.1 * 3))
    assert TRUST.hint({}) is None


def test_a_tie_is_believed_whatever_the_network_thinks():
    assert TRUST.hint({ord("c"): Passages(tie=1)}) == (ord("c"), 3.0, pytest.approx(0.9 - 0.5))
    assert TRUST.hint({ord("c"): Passages(steps=4, tie=1)}) == (ord("c"), 3.5, pytest.approx(0.9 - 0.2 - 0.5))


def test_a_trust_is_read_as_it_was_written():
    assert Trust.from_text(TRUST.to_text()) == TRUST


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "{}",
        "[]",
        '{"voice": [1]}',
        TRUST.to_text().replace("0.9", '"much"'),
        TRUST.to_text().replace("0.9", "NaN"),
    ],
)
def test_what_is_no_trust_is_refused(text: str):
    with refuses(CheckpointError, match="memory"):
        Trust.from_text(text)


def test_published_weights_say_nothing_of_a_memory(tmp_path):
    assert trust_of(tmp_path / "weights.pth") is None
