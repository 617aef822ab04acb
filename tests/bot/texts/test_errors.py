"""What an error says stands in the texts, once, in every language; where it is raised it only says what it knows."""

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest

from bot.texts import FALLBACK, error_key, explain, languages, say
from bot.texts.language import own_texts
from config.errors import NotabotError
from tests.bot.texts.test_texts import error_classes

ROOT = Path(__file__).resolve().parents[3]
# For the log, or a report of files, and never said to anybody.
TECHNICAL = ("PlatformError", "TryLater", "Unreachable", "MaybeSent", "Unusable", "UnreadableLength")
ALWAYS_KNOWN = {"n", "words", "suggestions", "wait"}
SENTENCE = re.compile(r"[A-Z“{].*\w.*[.?!]$", re.DOTALL)


@cache
def classes():
    """By their names. All modules are loaded for it, torch among them: not while tests are only collected."""
    return {kind.__name__: kind for kind in error_classes()}


@cache
def raised():
    """Every place where one of our errors is made: file and line, its class, the call. All sources are read for it."""
    return list(calls_of_errors())


def calls_of_errors():
    for package in ("bot", "config", "generator", "renderers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes():
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", classes()[node.func.id], node


def reason_of(call):
    return next((each.value for each in call.keywords if each.arg == "reason"), None)


def literal(node):
    """The text of a string or an f-string, with {} for what is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def fields(text):
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def test_no_sentence_stands_where_an_error_is_raised():
    assert len(raised()) > 150
    said = [(place, call) for place, kind, call in raised() if call.args and kind.__name__ not in TECHNICAL]
    written = [(place, literal(call.args[0])) for place, call in said]
    assert [(place, text) for place, text in written if SENTENCE.match(text)] == []


def test_no_sentence_is_said_twice():
    said = {}
    for key, text in own_texts(FALLBACK).items():
        if key.startswith("error.") and isinstance(text, str) and not text.startswith("{"):
            said.setdefault(text, []).append(key)
    assert [keys for keys in said.values() if len(keys) > 1] == []
    assert [name for name, kind in classes().items() if (kind.__doc__ or "").strip() in said] == []


@pytest.mark.parametrize("language", languages())
def test_every_reason_has_a_sentence_that_says_no_more_than_is_known(language):
    texts = own_texts(language)
    for place, kind, call in raised():
        reason = reason_of(call)
        if not isinstance(reason, ast.Constant):
            continue
        key = error_key(kind, reason=reason.value)
        assert key.endswith(f".{reason.value}"), place
        known = {each.arg for each in call.keywords}
        if None not in known:  # where values come in a dictionary, nobody can tell from outside
            assert fields(texts[key]) <= known | ALWAYS_KNOWN, place


@pytest.mark.parametrize("language", languages())
def test_every_error_can_be_explained_in_every_language(language):
    for name, kind in classes().items():
        text = own_texts(language)[error_key(kind)]
        sentence = say(error_key(kind), language, **dict.fromkeys(fields(text), 7))
        assert sentence, name
        assert "{" not in sentence, name


def test_at_a_shell_nothing_names_a_command_or_a_button_of_the_chats():
    """Of what everybody may meet there: the errors of music and of files. What names both ways has `--` in it."""
    own, found = own_texts(FALLBACK), []
    for place, kind, call in raised():
        reason = reason_of(call)
        if isinstance(reason, ast.Constant) and kind.__module__.partition(".")[0] in ("generator", "renderers"):
            text = own[error_key(kind, reason=reason.value, at_shell=True)]
            if re.search(r"(?:^|\s)/[a-z]{3,}|Press ", str(text)) and "--" not in str(text):
                found.append((place, text))
    assert found == []


def test_who_wrote_at_a_shell_is_told_what_to_write_there():
    refused = classes()["InputRefused"](reason="no_recording", endings=".ogg")
    assert "/render" in explain(refused)
    assert "drawn by notabot render" in explain(refused, at_shell=True)
    assert "notabot --help" in explain(classes()["NotAWish"](reason="about"), at_shell=True)
    assert explain(classes()["InputRefused"](reason="file_empty"), at_shell=True).startswith("The file is empty")


def test_an_error_within_another_is_explained_too():
    inner = [NotabotError(), NotabotError("a line for the log")]
    assert explain(classes()["BadToken"](reason="all", refusals=inner)).startswith("Something went wrong.")


def test_a_line_for_the_log_is_shown_where_nothing_better_is_known():
    assert explain(NotabotError("no such thing")) == "no such thing"
    assert "no such thing" not in explain(NotabotError("no such thing"), languages()[-1])
