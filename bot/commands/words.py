"""Commands written as words: "/compose chopin keyboard bars=24 key=Am".

An option is `name=value`, `name:value` or `--name value`; quotes keep words together. Words that are no option belong
to the command's `rest` option or, without one, to the option whose choice they are, or whose turn it is. Promises: any
text is read or refused with a sentence; nothing is silently left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.chat.messages import SentFile
from bot.commands.choosing import find_choice, is_called, join_words, read_choice
from bot.commands.command import Command, Option, Registry
from bot.commands.errors import (
    MissingOption,
    MissingSubcommand,
    NoOptions,
    NotAFile,
    NotANumber,
    NotATruth,
    NoValue,
    OutOfLimits,
    RepeatedOption,
    TooLong,
    UnknownCommand,
    UnknownOption,
)
from bot.errors import BadInput
from bot.texts import clean, grammar, languages
from config.choices import options_called
from generator.errors import BadRequest, GeneratorError
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre
from generator.planning.chords import goes_on_with_chords, parse_progression
from generator.planning.form import parse_form
from generator.wishes.values import find_bars, find_metre, find_tempo, option_called

MAX_TEXT_CHARS = 200
MAX_REST_CHARS = 500  # of what somebody says in his own words
SPOKEN = "spoken"  # among the options: said without a command, so it may be talk
MAX_LINE_CHARS = 1000
# The subcommand that looks and changes nothing may be left out, and that which options stand behind.
SHOWN_FIRST, CHANGED_BY = "show", "set"
MAX_DIGITS = 20  # more is no number anybody means, and takes long to read
OTHER_NAMES = {"meter": "metre"}
OTHER_COMMANDS = {"start": "help"}  # what people type first, wherever they are
YES = "yes"
_ID = re.compile(r"#?[a-z\d]{8}")  # what that of a piece looks like
_TOKEN = re.compile(r'(?:[^\s"“”]|"[^"]*"|“[^”]*”|["“”])+')
_NAMED = re.compile(r"((?:[^\W\d]|[_-]){1,20})([=:：＝])(.*)", re.IGNORECASE | re.DOTALL)
_QUOTES = str.maketrans(dict.fromkeys('"“”'))


def find_command(registry: Registry, line: str) -> tuple[Command, str]:
    """The command (or subcommand) that a line begins with, and the rest of the line. Raises BadInput."""
    name, _, rest = line.strip().partition(" ")
    wanted = name.removeprefix("/").lower()
    command = registry.command(wanted) or registry.command(OTHER_COMMANDS.get(wanted, ""))
    if command is None:
        raise UnknownCommand(name=clean(name))
    if not command.subcommands:
        return command, rest
    name, _, behind = rest.strip().partition(" ")
    wanted, behind = (CHANGED_BY, rest) if "=" in name else (name.lower() or SHOWN_FIRST, behind)
    for subcommand in command.subcommands:
        if subcommand.name == wanted:
            return subcommand, behind
    raise MissingSubcommand(command=command.name, names=_list(sub.name for sub in command.subcommands))


def read_words(
    command: Command, text: str, *, file: SentFile | None = None, file_named: Callable[[str], SentFile] | None = None
) -> dict[str, Any]:
    """The options that a text gives to a command, typed and within their limits. Raises BadInput.

    What is loosely said is read by `generator.wishes` later, if the command has an option for it.

    file: the one that came with the text. file_named: finds one by the words for it, where words may name files.
    """
    if len(text) > MAX_LINE_CHARS:
        raise TooLong(name=command.name, n=MAX_LINE_CHARS)
    given: dict[str, str] = {}
    loose: list[str] = []
    last: Option | None = None
    tokens = iter(_TOKEN.findall(text))
    for token in tokens:
        option, value = _named(command, token, tokens)
        if option is None and last is not None and _goes_on(last, given[last.name], value):
            given[last.name] += f" {value}"  # chords=I V vi IV and key=F# minor, without quotes
            continue
        last = option
        if option is None:
            loose.append(value)
        elif option.name in given:
            raise RepeatedOption(name=option.name)
        else:
            given[option.name] = value
    loose += _without_value(command, given)
    option = next((option for option in command.options if option.kind == "file"), None)
    if option is not None and file is not None:
        given[option.name] = ""
    _place_loose_words(command, loose, given)
    options: dict[str, Any] = {name: value for name, value in given.items() if value != ""}
    if option is not None and file is not None:
        options[option.name] = file
    elif option is not None and file_named is not None and option.name in options:
        options[option.name] = file_named(str(options[option.name]))
    return check_options(command, options)


def _without_value(command: Command, given: dict[str, str]) -> list[str]:
    """Names without a value are taken out: where free words are read they say so, elsewhere it is said at once.

    Raises NoValue.
    """
    empty = [name for name, value in given.items() if value == ""]
    if empty and not any(option.rest for option in command.options):
        raise NoValue(name=empty[0])
    for name in empty:
        del given[name]
    return [f"{name}=" for name in empty]


def read_said(command: Command, text: str, *, file: SentFile | None = None) -> dict[str, Any]:
    """As `read_words`, for words that somebody said without a command: nothing among them is a wrong option.

    `SPOKEN` is among the options, for who has to tell talk from requests.
    """
    try:
        options = read_words(command, text, file=file)
    except (BadInput, GeneratorError):
        rest = next((option for option in command.options if option.rest), None)
        if rest is None:
            raise
        options = {rest.name: text[:MAX_REST_CHARS]}
    return options | {SPOKEN: True}


def _goes_on(option: Option, so_far: str, word: str) -> bool:
    """Whether a word behind a value belongs to it: what=lead sheet."""
    if option.choices:
        return find_choice(option, f"{so_far} {word}") is not None
    if option.kind == "chords":
        return goes_on_with_chords(word)
    return option.kind == "key" and _is_key(f"{so_far} {word}")


def _is_key(words: str) -> bool:
    try:
        parse_key(words)
    except BadRequest as error:
        return error.reason == "too_many_signs"
    return True


def check_options(command: Command, options: Mapping[str, Any]) -> dict[str, Any]:
    """The same options, typed; refused if one is unknown, missing, of the wrong kind or outside its limits.

    Values may be text, as somebody typed it, or of the right type already. Raises BadInput, BadRequest for a key or
    metre that cannot be.
    """
    known = {option.name: option for option in command.options}
    for name in options:
        if name not in known:
            raise _unknown(command, str(name))
    for option in command.options:
        if option.required and options.get(option.name) is None:
            raise MissingOption(name=option.name, reason=command.name)
    return {name: _check(known[name], value) for name, value in options.items() if value is not None}


def _named(command: Command, token: str, tokens: Iterator[str]) -> tuple[Option | None, str]:
    """The option that a token names, with its value; None and the token itself if it is just a word."""
    if token.startswith(("--", "—")):  # phones turn two hyphens into a dash
        name, equals, value = token.lstrip("-—").partition("=")
        option = _option(command, name)
        value = (value if equals else next(tokens, "")).translate(_QUOTES).strip()
        if not value and not equals:
            raise NoValue(name=option.name)
        return option, value
    found = _NAMED.fullmatch(token)
    if found is None or (found[2] in ":：" and not _is_option(command, found[1])):  # "discord:4711" is a word
        return None, token.translate(_QUOTES).strip()
    return _option(command, found[1]), found[3].translate(_QUOTES).strip().rstrip(",;，；。")


def _is_option(command: Command, name: str) -> bool:
    return _known_option(command, name) is not None


def _own_name(name: str) -> str:
    """An option's name as the command has it: "Top-K" → "top_k", "meter" → "metre"."""
    plain = name.lower().replace("-", "_")
    return OTHER_NAMES.get(plain, plain)


def _option(command: Command, name: str) -> Option:
    found = _known_option(command, name)
    if found is None:
        raise _unknown(command, name)
    return found


def _known_option(command: Command, name: str) -> Option | None:
    """By its own name, or by what it is called in any language."""
    options = {option.name: option for option in command.options}
    names = (_own_name(name), option_called(name), *options_called(name))
    return next((options[own] for own in names if own in options), None)


def _unknown(command: Command, name: str) -> BadInput:
    """What is said about an option, or a word, that the command does not take."""
    if not command.options:
        return NoOptions(name=clean(name))
    return UnknownOption(name=clean(name), names=_list(option.name for option in command.options))


def _place_loose_words(command: Command, loose: Sequence[str], given: dict[str, str]) -> None:
    """Words without a name: all to the `rest` option, else one to each of the options that are still missing."""
    words = [word for word in loose if word]
    rest = next((option for option in command.options if option.rest), None)
    if rest is not None:
        named = [given[rest.name]] if rest.name in given else []
        given[rest.name] = " ".join([*named, *words])
        return
    missing = [option for option in command.options if option.name not in given]
    for word in join_words(words, missing):
        if not missing:
            raise _unknown(command, word)
        option = _option_for(word, missing)
        missing.remove(option)
        given[option.name] = YES if option.kind == "boolean" and is_called(option, word) else word


def _option_for(word: str, missing: Sequence[Option]) -> Option:
    """Which option a word without a name is for: one of its choices, its own name (`large`), a piece; else the next."""
    for option in missing:
        if is_called(option, word):
            return option
    if missing[0].choices and _ID.fullmatch(word.lower()):
        return next((option for option in missing if option.name == "piece"), missing[0])
    return missing[0]


def _check(option: Option, value: Any) -> Any:
    if option.kind == "file":
        if isinstance(value, SentFile):
            return value
        raise NotAFile(name=option.name)
    if option.kind == "key":
        return parse_key(_text(option, value))
    if option.kind == "metre":
        text = _text(option, value)
        return find_metre(text) or parse_metre(text)
    if option.kind == "form":
        return parse_form(_text(option, value))
    if option.kind == "chords":
        return parse_progression(_text(option, value))
    if option.kind == "boolean":
        return _truth(option, value)
    if option.kind in ("integer", "number"):
        return _number(option, value)
    text = _text(option, value)
    return read_choice(option, text) if option.choices else text


def _text(option: Option, value: Any) -> str:
    text = str(value).strip()
    most = MAX_REST_CHARS if option.rest else MAX_TEXT_CHARS
    if len(text) > most:
        raise TooLong(name=option.name, n=most)
    return text


def _truth(option: Option, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower()
    for language in languages():
        if said in grammar(language).yes + grammar(language).no:
            return said in grammar(language).yes
    raise NotATruth(name=option.name, value=clean(str(value)))


def _number(option: Option, value: Any) -> int | float:
    number = _read_number(option, value)
    low, high = option.minimum, option.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        limits = {"low": f"{low:g}" if low is not None else "–∞", "high": f"{high:g}" if high is not None else "∞"}
        raise OutOfLimits(name=option.name, value=clean(str(value)), **limits)
    return number


def _read_number(option: Option, value: Any) -> int | float:
    text = str(value).strip()
    try:
        if isinstance(value, bool) or len(text) > MAX_DIGITS:
            raise ValueError(text)
        said = SAID.get(option.name, _nothing)(text)
        if said is not None:
            return said
        number = int(text) if option.kind == "integer" else float(text.replace(",", "."))
        if number != number or number in (float("inf"), float("-inf")):
            raise ValueError(text)
    except ValueError as error:
        raise NotANumber(name=option.name, value=clean(text), example=_example(option)) from error
    return number


def _nothing(_text: str) -> int | None:
    return None


# Numbers that are also said in words.
SAID: Mapping[str, Callable[[str], int | None]] = {"tempo": find_tempo, "bars": find_bars}
EXAMPLES = {"tempo": 90, "bars": 16, "temperature": 1.2}


def _example(option: Option) -> str:
    """A number that is within the option's limits."""
    return f"{EXAMPLES.get(option.name, option.minimum or 7):g}"


def _list(names: Any) -> str:
    return ", ".join(names)
