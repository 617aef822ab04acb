"""What the details of a piece say about it beside human pieces."""

from pathlib import Path

import pytest

from bot.commands.wording import DETAILS_CHARS, FIGURES_TOLD, Facts, details
from generator.catalogue.catalogue import load_catalogue
from generator.critic import report_card
from generator.critic.judge import Critic
from generator.notation import parse_tune

WALTZ = parse_tune((Path(__file__).parents[2] / "data" / "waltz.abc").read_text())
CHROMATIC = parse_tune(
    'L:1/16\nM:4/4\nK:C\nV:1 treble nm="Piano"\n' + "[V:1]C^C_B,,d'^^f'E,,_e^g'A,,,B_c^d'F,,_Gaz|\n" * 8
)


def facts(tune=WALTZ, words="chopin keyboard"):
    style = load_catalogue().find(words)
    request = {"period": style.period, "composer": style.composer, "instrumentation": style.instrumentation}
    record = {
        "request": request,
        "report_card": report_card(tune, judgement=Critic().judge(tune, style, seed=1)).to_json(),
    }
    return Facts(record, load_catalogue())


def with_card(**changed):
    known = facts()
    return Facts({**known.record, "report_card": {**known.card, **changed}}, known.catalogue)


def test_details_count_the_figures_that_are_usual_in_the_style():
    human = facts().card["human"]
    said = details(facts(), "en")
    total = len(human["figures"])
    pieces = f"{human['pieces']} pieces by people (Chopin keyboard)"
    assert f"Beside {pieces}, {human['inside']} of {total} figures are among their middle 90 %." in said
    assert f"（肖邦 键盘）相比，{total} 项指标中有 {human['inside']} 项落在" in details(facts(), "zh")


def test_what_is_unusual_is_told_first_with_what_would_be_usual():
    said = details(facts(CHROMATIC), "en")
    unusual = "Unusual (usual in brackets): "
    assert said.index(unusual) < said.index("Usual: ") if "Usual: " in said else unusual in said
    assert "notes in one scale 6" in said
    assert "% (" in said
    assert details(facts(CHROMATIC), "zh").count("（") >= FIGURES_TOLD


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_of_figures_stays_short(language):
    said = details(facts(CHROMATIC), language)
    assert said.count("–") <= FIGURES_TOLD + 1  # and the range of the piano
    assert len(said) < DETAILS_CHARS


def test_a_style_without_pieces_is_held_against_its_kin():
    assert "(music of the period for the same instruments)" in details(facts(words="liszt keyboard"), "en")


def test_details_name_the_known_piece_that_shares_most():
    shared = {"notes": 9, "piece": "Schubert, Franz: Ständchen", "limit": 17}
    said = with_card(originality=shared)
    assert "a known piece has too: 9 (Schubert, Franz: Ständchen); works by people share up to 17" in details(
        said, "en"
    )
    assert "9 个音（Schubert, Franz: Ständchen）" in details(said, "zh")
    assert "No seven notes in a row" in details(with_card(originality={**shared, "notes": 0, "piece": ""}), "en")


def test_an_old_record_has_no_such_lines():
    said = details(with_card(human=None, originality=None), "en")
    assert "figures" not in said
    assert "known piece" not in said


@pytest.mark.parametrize(("language", "words"), [("en", "not taught guidance"), ("zh", "没有学过风格引导")])
def test_a_caption_says_that_guidance_was_left_out_only_where_it_was(language, words):
    known = facts()
    assert words not in known.caption(language)
    told = Facts({**known.record, "guidance_left_out": True}, known.catalogue).caption(language)
    assert words in told
    assert len(told) <= 1000


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "MP3, PDF could not be made this time (it took too long, the program that makes it failed); "
            "all else is here.",
        ),
        ("zh", "MP3、PDF 这次未能生成（耗时过长、生成程序出错），其余内容均已附上。"),
    ],
)
def test_the_caption_says_what_could_not_be_made_and_never_twice(language, sentence):
    known = facts()
    missing = {"pdf": "ToolCrashed", "mp3": "ToolTimedOut", "mp3-small": "ToolTimedOut"}
    lines = Facts({**known.record, "missing": missing}, known.catalogue).caption(language).splitlines()
    assert sentence in lines
    assert len(Facts({**known.record, "missing": {}}, known.catalogue).caption(language).splitlines()) == len(lines) - 1


@pytest.mark.parametrize(
    ("language", "first", "others"),
    [
        ("en", "Line 7: some of the words stand under no note.", "2 more things could not be kept; see Details."),
        ("de", "Zeile 7: Einige Wörter stehen unter keiner Note.", "2 weitere Sachen"),
        ("zh", "第 7 行：有些歌词下面没有对应的音符。", "另有 2 处未能保留"),
    ],
)
def test_caption_and_details_say_what_could_not_be_kept_and_stay_within_their_limits(language, first, others):
    known = facts()
    remarks = [{"reason": "words", "line": line, "values": {}} for line in range(7, 12)]
    told = Facts({**known.record, "remarks": remarks}, known.catalogue)
    assert first in told.caption(language).splitlines()
    assert others in told.caption(language)
    assert first.replace("7", "11") in details(told, language).splitlines()
    wordy = [{"reason": "title", "line": 9, "values": {"text": "W" * 60}}] * 30
    for count in range(1, 31):
        full = Facts({**known.record, "remarks": wordy[:count]}, known.catalogue)
        assert len(full.caption(language)) + len(full.title(language)) <= 1000
        assert len(details(full, language)) <= 1900
