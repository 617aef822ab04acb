"""A language is one file in the folder, and nothing else."""

import ast
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from bot.commands import build_registry, read_words
from bot.commands.preferences import choices
from bot.platforms.discord.commands import describe_all
from bot.platforms.telegram.menus import set_menus
from bot.texts import duration, explain, grammar, known_language, language_of, languages, moment, say, style_name
from bot.texts.language import FALLBACK, FOLDER, Language, missing, own_texts
from bot.texts.report import key_words
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.errors import UnknownStyle
from generator.notation.keys import KEYS_15, parse_key

TOY = Language("tr")  # a tag that Discord knows
HEAD = """
[language]
name = "Toyish"
tags = ["tlh"]
comma = " + "
both = "{others} & {last}"
either = "{others} | {last}"
style = "{instruments} of {composer}"
yes = ["joo"]
no = ["naa"]
decimal = ","
thousands = "."

[language.plural]
one = "n = 1"
two = "n = 2"

[language.keys]
pattern = "{mode}/{tonic}"
sharp = "{note}+"
flat = "{note}-"
notes = { B = "X", Bb = "Y" }
small = ["min"]
"""


def toy_file(*, without: str = "") -> str:
    """All texts there are, marked, with three forms for what counts."""
    tables: dict[str, list[str]] = {}
    for key, text in own_texts(FALLBACK).items():
        table, _, name = key.partition(".")
        said = _forms(text["one"], text["other"]) if isinstance(text, dict) else _quoted("toy " + text)
        if key != without:
            tables.setdefault(table, []).append(f'"{name}" = {said}')
    return HEAD + "".join(f"\n[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())


def _forms(one: str, other: str) -> str:
    return f"{{one = {_quoted(one)}, two = {_quoted('two ' + other)}, other = {_quoted(other)}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder with all languages and a toy one."""
    for path in FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    (tmp_path / f"{TOY}.toml").write_text(toy_file(), encoding="utf-8")
    monkeypatch.setattr("bot.texts.language.FOLDER", tmp_path)
    return tmp_path


def test_a_new_file_is_a_new_language_that_lacks_nothing(folder):
    assert TOY in languages()
    assert languages()[0] == FALLBACK
    assert missing(TOY) == []


def test_what_a_new_file_lacks_is_listed_and_said_in_the_first_language(folder):
    (folder / "xx.toml").write_text(toy_file(without="queue.title").replace('two = "two {n} bars", ', ""))
    lacking = Language("xx")
    assert missing(lacking) == ["queue.title", "count.bars.two"]
    assert say("queue.title", lacking) == "The queue"


def test_clients_find_a_new_language_by_its_tags(folder):
    assert [language_of(tag) for tag in ("tr", "tr-TR", "TR_tr.UTF-8", "tlh")] == [TOY] * 4
    assert [language_of(tag) for tag in (None, "", "C", "t", "trx", "not a tag")] == [FALLBACK] * 6
    assert (known_language(TOY), known_language("gone")) == (TOY, FALLBACK)


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-hans", "zh_SG", "zh_CN.UTF-8", "cmn"])
def test_chinese_is_found_however_a_client_names_it(tag):
    assert language_of(tag) == "zh"


@pytest.mark.parametrize("tag", ["zh-TW", "zh_TW.UTF-8", "ZH-hant-hk", "zh-hant", "zh-HK", "yue"])
def test_who_writes_traditional_characters_is_answered_in_them(tag):
    assert language_of(tag) == "zh-hant"


def test_a_new_language_is_offered_in_the_settings(folder):
    assert TOY in choices()["language"]
    registry = build_registry(Settings())
    assert read_words(registry.command("settings"), "language=tr") == {"language": "tr"}
    assert say(f"choice.{TOY}", FALLBACK) == "Toyish"


def test_a_new_language_is_offered_to_people_whose_app_speaks_it(folder):
    registry = build_registry(Settings())
    described = {command["name"]: command for command in describe_all(registry)}
    assert described["compose"]["description_localizations"][TOY] == say("command.compose", TOY)
    languages_offered = described["settings"]["options"][0]["choices"]
    assert {each["value"]: each["name"] for each in languages_offered}[TOY] == "Toyish"


async def test_a_new_language_has_a_menu_in_telegram(folder):
    menus = {}

    class Line:
        async def set_my_commands(self, menu, *, scope, language_code):
            menus[language_code] = menu[0].description

    await set_menus(Line(), build_registry(Settings()), admins=())
    assert menus[TOY] == say("command.compose", TOY)
    assert menus[None] == say("command.compose", FALLBACK)


def test_a_new_language_says_keys_styles_lists_and_numbers_as_it_likes(folder):
    assert [key_words(key, TOY) for key in ("C", "F#m", "Bb", "Bm", "Eb")] == [
        "toy major/C",
        "toy minor/f+",
        "toy major/Y",
        "toy minor/x",
        "toy major/E-",
    ]
    chopin = load_catalogue().find("chopin keyboard")
    assert style_name(chopin, TOY) == "Keyboard of Chopin"
    assert say("help.family", TOY, name="x", what="y", names=("a", "b")) == "toy /x – y: a + b"
    assert duration(120, TOY) == "two 2 minutes"
    assert "1,5" in say("status.bar", TOY, bar=1.5, bars=2)


def test_people_say_yes_in_every_language(folder):
    from bot.commands.command import Command, Option

    command = Command("try", options=(Option("really", "boolean"),))
    said = [word for language in languages() for word in grammar(language).yes]
    denied = [word for language in languages() for word in grammar(language).no]
    assert all(read_words(command, f"really={word}") == {"really": True} for word in said)
    assert all(read_words(command, f"really={word}") == {"really": False} for word in denied)
    assert "joo" in said


def test_a_refusal_lists_what_there_is_in_the_language(folder):
    with pytest.raises(UnknownStyle) as caught:
        load_catalogue().find("chopin banjo")
    assert re.search(r"Keyboard of Chopin \+ [\w ]+ \| [\w ]+\?$", explain(caught.value, TOY))


@pytest.mark.parametrize("name", ["en-US-POSIX", "Deutsch", "x"])
def test_a_file_that_is_not_called_like_a_language_is_refused(folder, name):
    (folder / f"{name}.toml").write_text(toy_file())
    with pytest.raises(ValueError, match=name):
        languages()


def test_a_text_that_counts_has_a_form_for_all_other_numbers(folder):
    (folder / "xx.toml").write_text(HEAD + '\n[count]\nbars = { one = "a bar" }\n')
    with pytest.raises(ValueError, match="other"):
        own_texts(Language("xx"))


@pytest.mark.parametrize("language", languages())
def test_every_key_has_a_name_of_its_own(language):
    names = {
        key_words(tonic + mode, language) for tonic in KEYS_15 for mode in ("", "min") if f"{tonic}{mode}" != "none"
    }
    assert len(names) >= 2 * len(KEYS_15) - 6  # those of more than seven signs are said as they are


# Where such letters stand for something else: particles of names, a word between an instrument and its key.
NO_LANGUAGE = {
    ("generator/training/prepare/labels.py", "de"),
    ("generator/wishes/compounds.py", "en"),  # the end of a word, as in the next two
    ("generator/wishes/vocabulary.py", "en"),
    ("generator/wishes/weighing.py", "en"),
    ("generator/wishes/said/keys.py", "de"),  # whose B is B flat
    ("renderers/score/instruments.py", "en"),
}


def test_no_code_names_a_language_but_the_first_one_once():
    root = Path(__file__).resolve().parents[3]
    named = [
        (path.relative_to(root).as_posix(), node.value)
        for package in ("bot", "config", "generator", "renderers")
        for path in sorted((root / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in languages()
    ]
    assert [each for each in named if each not in NO_LANGUAGE] == [("bot/texts/language.py", FALLBACK)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_file_says_nothing_twice(path):
    tomllib.loads(path.read_text(encoding="utf-8"))  # which refuses a key that comes again


# --- German: a file, and names of styles -----------------------------------------------------------------------------

GERMAN = Language("de")
# The same in both languages: names, abbreviations, and what is only put together.
SAME_IN_GERMAN = {
    "heard.between",
    "about.title", "button.details", "button.pdf", "choice.default", "choice.pdf", "choice.person", "choice.wild",
    "error.sentence", "help.command", "help.family", "details.number", "details.of_style", "details.percentage",
    "period.Ragtime", "period.Renaissance", "report.minutes", "report.seconds", "server.change", "server.channel",
    "transposed.trouble", "challenge.moment", "challenge.listed",
}  # fmt: skip
SAME_IN_GERMAN |= {"duel.rating", "duel.was"}
SAME_IN_GERMAN |= {"button.video", "choice.mp3"}
SAME_IN_GERMAN |= {"choice.a4", "choice.letter", "button.print_letter"}
SAME_IN_GERMAN |= {"button.hall_pause", "choice.pause"}
SAME_IN_GERMAN |= {"edited.tempo", "edited.there"}
SAME_IN_GERMAN |= {"button.star", "sweep.mark", "sweep.preset", "together.hand"}
SAME_IN_GERMAN |= {"prompt.theme", "challenge.fame_line", "challenge.fame_winner", "challenge.row_of"}
SAME_IN_GERMAN |= {"card.line", "card.tempo", "result.every_character", "result.tempo", "title.in_key"}


@pytest.mark.parametrize("tag", ["de", "de-DE", "de_AT.UTF-8", "de-CH", "gsw"])
def test_people_whose_client_speaks_german_are_answered_in_german(tag):
    assert language_of(tag) == GERMAN


def test_no_english_is_left_in_german():
    english, german = own_texts(FALLBACK), own_texts(GERMAN)
    same = {key for key in english if english[key] == german.get(key)}
    put_together = {key for key in same if isinstance(english[key], str) and "{refusals}" in english[key]}
    formats = {key for key in same if key.startswith(("format", "instrument.", "genre.", "pace."))}
    assert same - SAME_IN_GERMAN - put_together - formats == set()
    told = [text for key, text in german.items() if key not in same]
    sentences = [form for text in told for form in (text.values() if isinstance(text, dict) else [text])]
    english_words = re.compile(
        r"\b(the|and|is|are|of|not|you|your|with|piece|bars?|again|choose|write|cannot)\b", re.IGNORECASE
    )
    left = {
        word
        for sentence in sentences
        for word in english_words.findall(re.sub(r"/\w+[^.,;:]*|\{\w+\}|\w+=", "", sentence))
    }
    assert left == set()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Am", "a-Moll"),
        ("Bb", "B-Dur"),
        ("B", "H-Dur"),
        ("Bm", "h-Moll"),
        ("Bbm", "b-Moll"),
        ("F#m", "fis-Moll"),
        ("Eb", "Es-Dur"),
        ("Ab", "As-Dur"),
        ("Cb", "Ces-Dur"),
        ("D dorian", "d-dorisch"),
        ("F lydian", "F-lydisch"),
    ],
)
def test_german_names_keys_as_germans_do_and_reads_them_back(key, name):
    assert key_words(key, GERMAN) == name
    assert parse_key(name) == parse_key(key)


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("Streichquartett", "Haydn (Kammermusik)"),
        ("ein Streichquartett von Schostakowitsch", "Schostakowitsch (Kammermusik)"),
        ("Klavier", "Chopin (Klavier)"),
        ("Barock Chor", "Bach (Chor)"),
        ("etwas Romantisches für Klavier", "Chopin (Klavier)"),
        ("Walzer", "Chopin (Klavier)"),
        ("Kunstlied Schubert", "Schubert (Kunstlied)"),
        ("Händel Gesang und Orchester", "Händel (Gesang und Orchester)"),
        ("Beethoven Klaviersonate", "Beethoven (Klavier)"),
        ("Wiegenlied", "Chopin (Klavier)"),
        ("Gitarre", "Giuliani (Gitarre)"),
    ],
)
def test_german_words_find_styles(words, style):
    assert style_name(load_catalogue().find(words), GERMAN) == style


def test_german_writes_numbers_and_moments_as_germans_do():
    recipe = say("result.recipe", GERMAN, seed=1, temperature=0.9, top_k=9, top_p=0.95, guidance=1)
    assert "Temperatur 0,9, unter den 9" in recipe
    assert "bis zu 0,95" in recipe
    assert "200.000" in say("error.InputRefused.characters", GERMAN, limit=200_000)
    assert moment("2026-11-21T14:23:12+01:00", GERMAN) == "21.11.2026, 14:23 Uhr"


def test_a_german_refusal_names_what_there_is():
    with pytest.raises(UnknownStyle) as caught:
        load_catalogue().find("baroque chopin")
    assert explain(caught.value, GERMAN).startswith(
        "Barock und Chopin passen nicht zusammen. Meintest du Chopin (Klavier)"
    )


# --- traditional Chinese: a language of its own, whose names are written in its own letters ---------------------------

TAIWAN, CHINA = Language("zh-hant"), Language("zh")
# Signs that are written otherwise in Taiwan, all of which stand in the texts in simplified characters.
SIMPLIFIED = "个们这来时会说为对过还么样经过发现没开关请让给从听见乐谱节声调员门间问题简单传统语种数据图书馆"


def test_traditional_chinese_has_no_simplified_characters():
    for key, text in own_texts(TAIWAN).items():
        for sentence in text.values() if isinstance(text, dict) else [text]:
            assert not set(sentence) & set(SIMPLIFIED), key
            assert "“" not in sentence, key


def test_taiwan_calls_composers_and_instruments_as_it_does_and_is_understood():
    chopin = load_catalogue().find("chopin keyboard")
    assert style_name(chopin, TAIWAN) == "蕭邦 鍵盤"
    assert load_catalogue().find("蕭邦 鍵盤") == chopin
    assert key_words("F#m", TAIWAN) == "升f小調"
    assert parse_key("升f小調") == parse_key("F#m")
    for style in load_catalogue().styles:
        name = style_name(style, TAIWAN)
        assert not set(name) & set(SIMPLIFIED), name
        assert load_catalogue().find(name) == load_catalogue().find(style_name(style, CHINA)), name


def test_discord_in_taiwan_describes_commands_in_traditional_characters():
    described = {command["name"]: command for command in describe_all(build_registry(Settings()))}
    locales = described["compose"]["description_localizations"]
    assert locales["zh-TW"] == "寫一首新曲：說出您想聽什麼"
    assert locales["zh-CN"] == "写一首新曲：说出您想听什么"
