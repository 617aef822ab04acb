"""Commands as words, and how they are refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import build_registry, check_options, find_command, read_words
from bot.commands.errors import NotAChoice
from bot.errors import BadInput
from bot.texts import languages, texts
from config.settings import Settings
from generator.errors import BadRequest
from generator.notation import Key, Metre
from generator.planning.chords import parse_progression
from generator.planning.form import parse_form
from tests.refusals import refuses

REGISTRY = build_registry(Settings())
COMPOSE = REGISTRY.command("compose")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("chopin keyboard", {"style": "chopin keyboard"}),
        ("chopin bars=24 keyboard key=Am", {"style": "chopin keyboard", "bars": 24, "key": Key("A", "min")}),
        ("--bars 24 --key=F#m bach", {"style": "bach", "bars": 24, "key": Key("F#", "min")}),
        ('key="F# minor" bach', {"style": "bach", "key": Key("F#", "min")}),
        ("—bars 8 bach meter=3/4", {"style": "bach", "bars": 8, "metre": Metre(3, 4)}),
        ("bach form=aba", {"style": "bach", "form": parse_form("ABA")}),
        ("form=|:A:|B bach", {"style": "bach", "form": parse_form("|:A:|B")}),
        ('bach chords="I V vi IV"', {"style": "bach", "chords": parse_progression("I V vi IV")}),
        ("chords=I V | vi IV bach", {"style": "bach", "chords": parse_progression("I V | vi IV")}),
        ("bach chords=Dm7,G7|C", {"style": "bach", "chords": parse_progression("Dm7 G7 | C")}),
        ("肖邦 键盘 bars：8", {"style": "肖邦 键盘", "bars": 8}),
        ("bach top-k=5 top_p=0,9 temperament=WILD", {"style": "bach", "top_k": 5, "top_p": 0.9, "temperament": "wild"}),
        ("", {}),
    ],
)
def test_words_become_options(text, options):
    assert read_words(COMPOSE, text) == options


@pytest.mark.parametrize(
    ("command", "text", "options"),
    [
        ("print", "parts", {"what": "parts"}),
        ("print", "k3f9abcd", {"piece": "k3f9abcd"}),
        ("print", "k3f9abcd parts", {"piece": "k3f9abcd", "what": "parts"}),
        ("print", "parts letter large", {"what": "parts", "paper": "letter", "large": True}),
        ("print", "LARGE k3f9abcd", {"piece": "k3f9abcd", "large": True}),
        ("video", "tall", {"shape": "tall"}),
        ("video", "roll tall", {"view": "roll", "shape": "tall"}),
        ("video", "k3f9abcd tall", {"piece": "k3f9abcd", "shape": "tall"}),
        ("settings", "zh", {"language": "zh"}),
        ("print", "lead", {"what": "lead-sheet"}),
        ("print", "lead sheet letter", {"what": "lead-sheet", "paper": "letter"}),
        ("print", "k3f9abcd Stimmen groß", {"piece": "k3f9abcd", "what": "parts", "large": True}),
        ("print", "Gros Caractères partition", {"large": True, "what": "score"}),
        ("print", "分谱", {"what": "parts"}),
        ("video", "Hochformat", {"shape": "tall"}),
        ("settings", "Deutsch", {"language": "de"}),
    ],
)
def test_a_word_without_a_name_goes_to_the_option_that_it_can_be(command, text, options):
    assert read_words(REGISTRY.command(command), text) == options


@pytest.mark.parametrize(
    ("command", "text", "options"),
    [
        ("print", "what=lead", {"what": "lead-sheet"}),
        ("print", "what=leadsheet", {"what": "lead-sheet"}),
        ("print", "what=lead sheet paper=US letter", {"what": "lead-sheet", "paper": "letter"}),
        ("print", "was=Melodie und Akkorde", {"what": "lead-sheet"}),
        ("print", "what=Tabulatur Papier=A4 großdruck=ja", {"what": "tablature", "paper": "a4", "large": True}),
        ("print", "what=tablature", {"what": "tablature"}),
        ("print", "what=grille", {"what": "lead-sheet"}),
        ("print", "内容=总谱 纸张=A4", {"what": "score", "paper": "a4"}),
        ("video", "shape=portrait", {"shape": "tall"}),
        ("video", "shape=paysage", {"shape": "wide"}),
        ("video", "格式=竖屏", {"shape": "tall"}),
        ("playalong", "form=Sprachnachricht", {"form": "voice-note"}),
        ("play", "list=meine", {"list": "own"}),
        ("play", "do=weiter", {"do": "resume"}),
        ("compose", "bach temperament=gewagt", {"style": "bach", "temperament": "adventurous"}),
    ],
)
def test_a_choice_is_read_in_people_s_languages(command, text, options):
    assert read_words(REGISTRY.command(command), text) == options


def test_what_could_be_two_choices_is_neither():
    with refuses(NotAChoice):
        read_words(REGISTRY.command("print"), "what=p")


@pytest.mark.parametrize("language", languages())
def test_every_label_of_a_choice_means_that_choice(language):
    for command in REGISTRY.commands:
        for option in command.options:
            for choice in option.choices:
                label = texts(language).get(f"choice.{choice}", choice)
                assert check_options(command, {option.name: label})[option.name] == choice


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("bach bars=many", "has to be a number"),
        ("bach bars=1.5", "has to be a number"),
        ("bach bars=65", "from 1 to 64"),
        ("bach bars=" + "9" * 900, "has to be a number"),
        ("bach bars=8 bars=9", "twice"),
        ("bach colour=red", "no option “colour”"),
        ("bach --bars", "bars"),
        ("bach tempo=12", "from 20 to 300"),
        ("bach temperament=angry", "conservative, default, adventurous, wild"),
        ("bach temperature=nan", "has to be a number"),
        ("bach tempo=5", "from 20 to 300"),
        ("b" * 501, "at most 500"),
        ("b " * 600, "at most 1000"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(text, complaint):
    with refuses(BadInput, match=complaint):
        read_words(COMPOSE, text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("bach form=A-(B)", "not a form I know"),
        ("bach form=ABZ", "sections A to H, not Z"),
        ("bach chords=quack", "“quack” is not a chord"),
    ],
)
def test_a_form_or_chords_that_cannot_be_are_refused_with_how_to_write_them(text, complaint):
    with refuses(BadRequest, match=complaint):
        read_words(COMPOSE, text)


@pytest.mark.parametrize("line", ["/queue nothing", "/admin pause now=yes"])
def test_a_command_without_options_says_so(line):
    with refuses(BadInput, match=r"takes nothing more\. Leave out “no"):
        read_words(*find_command(REGISTRY, line))


def test_a_command_is_found_with_its_subcommand():
    command, rest = find_command(REGISTRY, "/admin block discord:4711 kind=guild")
    assert (command.name, read_words(command, rest)) == ("block", {"who": "discord:4711", "kind": "guild"})
    assert find_command(REGISTRY, "/mydata")[0].name == "show"


@pytest.mark.parametrize(("line", "complaint"), [("/sing", "“/sing”"), ("/admin", "pause, resume"), ("", "/help")])
def test_an_unknown_command_is_refused(line, complaint):
    with refuses(BadInput, match=complaint):
        find_command(REGISTRY, line)


def test_what_a_command_cannot_do_without_is_asked_for():
    command, _ = find_command(REGISTRY, "/admin block")
    with refuses(BadInput, match="who is missing"):
        read_words(command, "")


def test_typed_options_pass_unchanged_and_nothing_counts_as_missing():
    assert check_options(COMPOSE, {"bars": 8, "top_p": 0.5, "key": None}) == {"bars": 8, "top_p": 0.5}
    with pytest.raises(BadInput):
        check_options(COMPOSE, {"bars": True})


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        command, rest = find_command(REGISTRY, f"/compose {text}")
        options = read_words(command, rest)
    except BadInput:
        return
    assert set(options) <= {option.name for option in command.options}


@pytest.mark.parametrize("line", ["/start", "start", "/START anything"])
def test_start_is_help_wherever_it_is_typed(line):
    assert find_command(REGISTRY, line)[0].name == "help"
