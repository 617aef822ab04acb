"""Every sentence is there, in every language, and every error has one with a next step."""

import importlib
import pkgutil
import re
import string
from pathlib import Path
from typing import get_args

import pytest

import bot
import config
import generator
import renderers
from bot.chains.rules import Stage as ChainStage
from bot.challenges.plan import Every, Voting
from bot.challenges.prompts import SCENES
from bot.challenges.stages import Stage
from bot.commands import build_registry
from bot.commands.card import STEPS as CARD_PARTS
from bot.commands.chains.posting import ENDS
from bot.commands.chains.writing import TOLD_AS
from bot.commands.errors import OutOfLimits
from bot.commands.hear import NEXT
from bot.duels.ratings import VERDICTS
from bot.duels.sides import KINDS as COMPARED
from bot.errors import BadInput, BotError
from bot.jobs.errors import DailyQuota, QueueFull
from bot.making.compose import WAYS
from bot.making.edit import EditPiece
from bot.making.film import OTHERWISE, VIEWS
from bot.making.hear import Hear
from bot.making.kinds import KINDS
from bot.making.merge import TAKES
from bot.making.print_out import FORMS, PRINTS
from bot.making.sweep import Sweep
from bot.texts import clean, duration, error_key, explain, has_text, languages, say, texts
from bot.texts.heard import heard_lines
from bot.texts.language import FALLBACK, missing, own_texts
from bot.texts.report import COUNTS_TOLD
from config.errors import NotabotError
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.critic.features import FEATURES
from generator.critic.judgement import Near
from generator.critic.key import Relation
from generator.errors import NotAWish, UnknownStyle
from generator.notation.keys import MODE_NAMES
from generator.onward.editing import WARMTH
from generator.onward.hands import Hand
from generator.onward.joins import Rule
from generator.onward.loudness import SWELLS
from generator.onward.step import Does
from generator.onward.work import How
from generator.planning.form import Kind
from generator.transposing.instruments import CLEFS, all_instruments
from generator.transposing.interval import parse_interval
from generator.wishes.asked import KINDS as NOTES
from generator.wishes.asked import Note
from generator.wishes.door import TALK
from generator.wishes.vocabulary import load_vocabulary
from renderers.errors import InputRefused, NoCamera, NoFrets, NotInBraille, SetupBroken, ToolCrashed, ToolTimedOut
from renderers.formats import FORMATS, offered_formats

DEMANDS = ("composer", "instrumentation", "players", "key", "metre", "bars", "motif", "range")
EN, ZH = own_texts(FALLBACK), own_texts("zh")
SOURCES = [path.read_text() for path in Path(bot.__file__).parent.rglob("*.py")]
REASONS = {
    reason
    for package in (bot, config, generator, renderers)
    for path in Path(package.__path__[0]).rglob("*.py")
    for reason in re.findall(r'"([a-z0-9_]+)"', path.read_text())
}

WHYS = (InputRefused, NoCamera, NoFrets, NotInBraille, SetupBroken, ToolCrashed, ToolTimedOut)


def fields(text):
    sentences = text.values() if isinstance(text, dict) else [text]
    return {name for sentence in sentences for _, name, _, _ in string.Formatter().parse(sentence) if name}


def say_raw(key, language):
    """The text before anything is put in, of those that count the one for several."""
    text = texts(language)[key]
    return text["other"] if isinstance(text, dict) else text


def error_classes():
    """Every class of ours, wherever it is defined."""
    for package in (bot, config, generator, renderers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and "migrations" not in module.name:  # these only run in Alembic
                importlib.import_module(module.name)
    found, todo = set(), [NotabotError]
    while todo:
        kind = todo.pop()
        if kind.__module__.split(".")[0] in ("bot", "config", "generator", "renderers"):
            found.add(kind)
            todo += kind.__subclasses__()
    return sorted(found, key=lambda kind: kind.__name__)


def test_no_two_errors_have_the_same_name():
    names = [kind.__name__ for kind in error_classes()]
    assert sorted(set(names)) == names


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_texts(language):
    assert missing(language) == []
    assert set(own_texts(language)) == set(EN)


@pytest.mark.parametrize("language", languages()[1:])
def test_every_language_puts_in_the_same_values(language):
    """All texts in one test: a test for each was two of five in the whole suite, and took a minute."""
    values = {key: (fields(EN[key]), fields(own_texts(language)[key])) for key in sorted(EN)}
    assert {key: each for key, each in values.items() if not puts_in_the_same(key, *each)} == {}


def puts_in_the_same(key, ours, theirs):
    if key.startswith("error."):
        return theirs <= ours | {"words", "suggestions", "wait"}
    # "one bar" need not say 1, and 小节 has no plural: n may be left out.
    return ours - {"n"} == theirs - {"n"}


COUNTED = "bar|character|file|hour|minute|note|page|piece|request|rule|second|slot|style|voice"


def test_what_is_counted_agrees_with_its_number():
    counting = [key for key in sorted(EN) if fields(EN[key]) and not re.match(r"error\.\w+\.", key)]
    assert len(counting) > 500
    for key in counting:
        names = fields(EN[key]) | fields(ZH[key]) | {"n"}
        one, two = (say(key, "en", **dict.fromkeys(names, number)) for number in (1, 2))
        assert not re.search(rf"\b1 (more |waiting )?({COUNTED})s\b", one), key
        assert not re.search(rf"\b1 (more |waiting )?({COUNTED})\b.*\bare\b", one), key
        assert not re.search(rf"\b2 (more |waiting )?({COUNTED})\b", two), key
        assert not re.search(rf"\b[12] ({COUNTED})", say(key, "zh", **dict.fromkeys(names, 1))), key


@pytest.mark.parametrize("language", languages())
def test_no_text_is_empty_or_has_markup(language):
    for key, text in texts(language).items():
        for sentence in text.values() if isinstance(text, dict) else [text]:
            assert sentence.strip(), key
            assert "**" not in sentence, key
            assert "`" not in sentence, key


def test_chinese_has_chinese_punctuation():
    for key, text in ZH.items():
        sentences = text.values() if isinstance(text, dict) else [text]
        assert not any(re.search(r"[\u4e00-\u9fff][,.;:!?]", sentence) for sentence in sentences), key


def commands_of(registry):
    for command in registry.commands:
        yield command.name, command
        for subcommand in command.subcommands:
            yield f"{command.name}.{subcommand.name}", subcommand


def keys_of_the_registry():
    for name, command in commands_of(build_registry(Settings())):
        yield f"command.{name}"
        for option in command.options:
            yield f"option.{name}.{option.name}"
            yield from (f"choice.{choice}" for choice in option.choices)


def keys_that_are_made_up():
    """Keys with a name from elsewhere in them."""
    yield from keys_of_the_registry()
    yield from (f"period.{period}" for period in load_catalogue().periods())
    yield from (f"manner.{period}" for period in load_catalogue().periods())
    yield from (f"mode.{mode}" for mode in MODE_NAMES)
    yield from (f"report.key_{relation}" for relation in Relation)
    yield from (f"bad.key_{relation}" for relation in Relation if relation is not Relation.SAME)
    yield from (f"genre.{genre}" for genre in load_vocabulary().tables["genres"] if f"genre.{genre}" in EN)
    yield from (f"pace.{pace}" for pace in load_vocabulary().tables["tempos"] if f"pace.{pace}" in EN)
    yield from (f"counted.{count}" for count in COUNTS_TOLD)
    yield from (f"timed.{step}_s" for step in ("compose", "render"))
    yield from (f"derived.{way}" for way in WAYS)
    yield from ("beat.half", "beat.dotted_half")
    yield from (f"card.{part}" for part in CARD_PARTS.values())
    yield from (f"card.{kind.value}" for kind in Kind)
    yield from (f"feature.{feature.name}" for feature in FEATURES)
    yield from (f"details.of_{near}" for near in Near)
    yield from (f"picker.{step}" for step in ("period", "composer", "instrumentation"))
    yield from (f"button.{verb}" for kind in KINDS.values() for verb in kind.buttons({"sampling": {}, "key": "C"}))
    yield from (f"button.{verb}" for verb in (*Hear.buttons({"kind": "hear", "heard": {"notes": []}}), *NEXT))
    yield from (f"button.{verb}" for verb in ("again", "hotter", "cooler", "pdf", "files", "details", "delete"))
    yield from (f"button.print_{way}" for way in PRINTS)
    yield from (f"printed.{form}" for form in FORMS)
    yield from (f"button.{verb}" for verb in OTHERWISE.values())
    yield from (f"filmed.{view}{what}" for view in VIEWS for what in ("", "_description"))
    yield from (f"instrument.{instrument.id}" for instrument in all_instruments())
    yield from (f"instrument.{clef}_clef" for clef in CLEFS)
    yield from (key for key in EN if key.startswith("interval.") and parse_interval(key.removeprefix("interval.")))
    edit = {"kind": "edit", "edited": {"is_drawn": True}}
    yield from (f"button.{verb}" for verb in (*EditPiece.buttons(edit), *Sweep.buttons({"kind": "sweep"})))
    yield from (f"button.{verb}" for verb in build_registry(Settings(_env_file=None)).forms)
    yield from (f"merged.took_{take}" for take in TAKES)
    yield from (f"button.take_{which}" for which in ("first", "second", "both"))
    yield from (f"edited.hand_{hand}" for hand in Hand if hand is not Hand.ALL)
    yield from (f"edited.{does}" for does in Does if f"edited.{does}" in EN)
    yield from (f"edited.rewrite_{aim}" for aim in WARMTH)
    yield from (f"edited.loudness_{aim}" for aim in SWELLS)
    yield from (f"edited.vary_{how.replace('-', '_')}" for how in (How.SAME_RHYTHM, How.SAME_HARMONY))
    yield from (f"edited.{what}_{mode}" for what in ("mode", "ending") for mode in ("maj", "min"))
    yield from (f"edited.{way}{size}" for way in ("up", "down") for size in ("", "_octave"))
    yield from (f"worked.vary_{how.replace('-', '_')}" for how in How)
    yield from (f"transposed.{what}" for what in ("up", "down", "below", "above"))
    yield from (f"transpose.{way}_{size}" for way in ("up", "down") for size in ("step", "octave"))
    yield from (f"challenge.demand_{name}" for name in DEMANDS)
    yield from (f"challenge.by_{voting}" for voting in get_args(Voting))
    yield from (f"challenge.every_{every}" for every in get_args(Every) if every)
    yield from (f"challenge.stage_{stage}" for stage in get_args(Stage) if stage != "draft")
    yield from (f"challenge.did_{stage}" for stage in get_args(Stage) if stage != "draft")
    yield from (f"challenge.did_{what}" for what in ("extended", "ended_early", "series_stopped", "moved"))
    yield from (f"challenge.{way}_{state}" for way in ("is", "put_out", "did") for state in ("removed", "disqualified"))
    yield from (f"button.duel_{verdict}" for verdict in VERDICTS)
    yield from (f"duel.ratings_{kind}" for kind in COMPARED)
    yield from (f"chain.stage_{stage}" for stage in get_args(ChainStage))
    yield from (f"chain.end_{why}" for why in ENDS)
    yield from (f"chain.fault_{rule.name.lower()}" for rule in Rule if rule not in TOLD_AS)
    yield from (f"chain.fault_{named}" for named in TOLD_AS.values())
    yield from ("challenge.is_withdrawn", "button.compare", "button.ballot")
    yield from ("button.back", "button.next", "heard.therefore", "report.repaired", "report.again")
    yield from (f"heard.{kind}" for kind in NOTES)
    yield from (f"prompt.{scene}" for scene in SCENES)
    yield from (f"weekday.{day}" for day in range(7))
    yield from (f"tree.{way}" for way in ("again", "hotter", "cooler", "changed"))
    yield from (f"error.NotAWish.{talk}" for talk in TALK)
    yield from (f"format.{row.name}" for row in FORMATS)
    yield from (f"why.{kind.__name__}" for kind in WHYS)
    yield from (f"format_about.{name}" for name in offered_formats())
    for path in (Path(renderers.__file__).parent / "score").rglob("*.py"):
        found = re.findall(r'(?:remarks\.add|Remark)\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
        yield from (f"remark.{reason}" for reason in found)
    for kind in error_classes():
        yield from (error_key(kind), error_key(kind, guild=True))
        yield from (
            key
            for key in EN
            if key.startswith(f"error.{kind.__name__}.")
            and key.split(".")[2].removesuffix("_shell") in {*REASONS, *TALK}
        )


def test_no_text_is_missing():
    written = {key for source in SOURCES for key in re.findall(r'say\(\s*f?"([a-z_.]+)"', source)}
    wanted = {key for key in written if "." in key and not key.endswith((".", "_"))} | set(keys_that_are_made_up())
    assert wanted - set(EN) - {f"choice.{language}" for language in languages()} == set()


def test_no_text_is_unused():
    quoted = {key for source in SOURCES for key in re.findall(r"""["']([a-z_]+\.[A-Za-z_.]+)["']""", source)}
    quoted |= {f"telegram.{name}" for source in SOURCES for name in re.findall(r'"([a-z_]+)"', source)}
    told = {"error.sentence", "error.too_slow"}  # put together, or named in the table of jobs
    assert set(EN) - quoted - set(keys_that_are_made_up()) - told == set()


@pytest.mark.parametrize("language", languages())
def test_descriptions_are_as_short_as_discord_wants_them(language):
    for key in keys_of_the_registry():
        if not key.startswith("choice."):
            assert 1 <= len(say(key, language)) <= 100, key


@pytest.mark.parametrize("language", languages())
def test_every_class_of_errors_has_a_sentence_with_a_next_step(language):
    classes = error_classes()
    assert len(classes) > 40
    for kind in classes:
        if kind in (NotabotError, BotError):  # always raised with a message of its own
            continue
        key = error_key(kind)
        assert key != "error.NotabotError", kind
        sentence = say_raw(key, language)
        said_twice = len(re.findall(r"[.!?。！？；;:：，]", sentence)) >= 2  # what happened, and what to do
        assert (
            said_twice
            or set("请請") & set(sentence)
            or re.search(r"(Write|Choose|Look|Please|Bitte|Schreib)", sentence)
        ), (
            kind,
            sentence,
        )


def test_a_class_without_a_sentence_of_its_own_takes_that_of_its_nearest_kin():
    class Misread(BadInput):
        pass

    assert error_key(Misread) == "error.BadInput"
    assert explain(Misread("Write it again.")) == "Write it again."
    assert explain(Misread("Write it again."), "zh") == ZH["error.BadInput"]


def test_a_foreign_error_has_no_sentence():
    assert explain(ValueError("secret")) is None


def test_every_language_names_styles_as_it_calls_them():
    with pytest.raises(UnknownStyle) as caught:
        load_catalogue().find("chopin guitar")
    assert explain(caught.value).startswith("There is no guitar style of Chopin. Did you mean Chopin keyboard, ")
    chinese = explain(caught.value, "zh")
    assert "肖邦" in chinese
    assert "Chopin" not in chinese


def test_waiting_times_are_said_in_words():
    assert "3 minutes" in explain(QueueFull(170.0))
    assert "3 分钟" in explain(QueueFull(170.0), "zh")
    assert "Here 5 pieces" in explain(DailyQuota(5, guild=True, wait_s=7200.0))
    assert "Here" not in explain(DailyQuota(5, guild=False, wait_s=7200.0))


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (None, "a few minutes", "几分钟"),
        (0, "1 second", "1 秒"),
        (61, "2 minutes", "2 分钟"),
        (9000, "3 hours", "3 小时"),
    ],
)
def test_durations_are_rounded_up(seconds, english, chinese):
    assert (duration(seconds, "en"), duration(seconds, "zh")) == (english, chinese)


def test_values_are_no_templates():
    assert "{0.__class__}" in explain(OutOfLimits(name="bars", value="{0.__class__}", low="1", high="2"))


def test_what_is_said_back_is_one_short_line_without_tricks():
    said = clean("evil\u202etxt\n\x1b[31m" + "a" * 500)
    assert said.startswith("evil txt [31m")
    assert len(said) == 60
    assert explain(BotError("two\nlines\u200b here")) == "two lines here"


def test_an_unknown_key_is_a_mistake():
    assert not has_text("no.such")
    with pytest.raises(KeyError):
        say("no.such", "en")


def test_examples_of_what_to_say_are_in_the_language_of_the_answer():
    said = {language: explain(NotAWish(reason="talk"), language) for language in ("de", "zh", "zh-hant")}
    assert not [text for text in said.values() if "in E minor" in text]


def test_what_words_led_to_is_joined_as_the_language_does():
    notes = [Note("follows", "悲伤", "tempo.66"), Note("follows", "圆舞曲", "metre.3/4")]
    assert ";" not in heard_lines(notes, load_catalogue(), "zh")[0]
