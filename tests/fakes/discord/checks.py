"""What Discord documents about messages, components and commands; anything else is refused, and loudly.

Sources: resources/message, components/reference, interactions/application-commands of the API documentation.
Not covered: Components V2 (labels in forms among them), polls, stickers, threads.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .errors import ApiError, empty_message, invalid
from .world import VOICE_MESSAGE, SentFile

MESSAGE_FIELDS = {"content", "tts", "embeds", "allowed_mentions", "components", "attachments", "flags", "poll"}
CREATE_FIELDS = MESSAGE_FIELDS | {"nonce", "enforce_nonce", "message_reference", "sticker_ids"}
EDIT_FIELDS = MESSAGE_FIELDS
WEBHOOK_FIELDS = MESSAGE_FIELDS | {"username", "avatar_url", "thread_name", "applied_tags"}
CALLBACK_FIELDS = MESSAGE_FIELDS

# SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS
FLAGS_ALLOWED = (1 << 2) | (1 << 6) | (1 << 12) | VOICE_MESSAGE
WAVEFORM_POINTS = 256

CONTENT_CHARS, NONCE_CHARS, EMBED_CHARS, ATTACHMENTS, DESCRIPTION_CHARS = 2000, 25, 6000, 10, 1024
EMBED_FIELDS = {
    "title": 256, "description": 4096, "type": 10, "url": 2048, "timestamp": 40, "color": None, "footer": None,
    "image": None, "thumbnail": None, "author": None, "fields": None, "flags": None,
}  # fmt: skip
BUTTON_FIELDS = {"type", "id", "style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"}
SELECT_FIELDS = {
    "type",
    "id",
    "custom_id",
    "options",
    "placeholder",
    "min_values",
    "max_values",
    "disabled",
    "required",
}
FORM_FIELD_FIELDS = {
    "type", "id", "custom_id", "style", "label", "min_length", "max_length", "required", "value", "placeholder",
}  # fmt: skip
FORM_TITLE_CHARS, FORM_VALUE_CHARS, FORM_ROWS = 45, 4000, 5
ATTACHMENT_FIELDS = {
    "id", "filename", "description", "title", "spoiler", "is_spoiler", "size", "url", "proxy_url", "height", "width",
    "content_type", "ephemeral", "flags", "duration_secs", "waveform",
}  # fmt: skip
COMMAND_FIELDS = {
    "id", "type", "name", "name_localizations", "description", "description_localizations", "options",
    "default_member_permissions", "dm_permission", "default_permission", "integration_types", "contexts", "nsfw",
    "handler",
}  # fmt: skip
OPTION_FIELDS = {
    "type", "name", "name_localizations", "description", "description_localizations", "required", "choices", "options",
    "channel_types", "min_value", "max_value", "min_length", "max_length", "autocomplete",
}  # fmt: skip
LOCALES = {
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
}  # fmt: skip
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


def known(data: Mapping[str, Any], fields: Iterable[str], where: str) -> None:
    """No field that Discord does not know there."""
    unknown = sorted(set(data) - set(fields))
    if unknown:
        raise invalid(f"{where}.{unknown[0]}" if where else unknown[0], f"This field does not exist here: {unknown}")


def length(value: Any, limit: int, where: str, *, least: int = 0) -> None:
    if not isinstance(value, str) or not least <= len(value) <= limit:
        raise invalid(where, f"Must be a string of {least} to {limit} characters, not {str(value)[:60]!r}")


def check_message(
    data: Mapping[str, Any], *, fields: Iterable[str], new_files: Sequence[str], kept: Sequence[str]
) -> None:
    """A message or an edit, without the question of whether it is empty.

    new_files: the names of those that come with it; kept: of those that the message has already.
    """
    known(data, fields, "")
    if data.get("content") is not None:
        length(data["content"], CONTENT_CHARS, "content")
    if data.get("nonce") is not None:
        length(str(data["nonce"]), NONCE_CHARS, "nonce")
    if int(data.get("flags") or 0) & ~FLAGS_ALLOWED:
        raise invalid("flags", f"Flags that cannot be set here or that this fake does not cover: {data['flags']}")
    for part in ("poll", "sticker_ids"):
        if data.get(part):
            raise invalid(part, "This fake does not cover them")
    check_mentions(data.get("allowed_mentions") or {})
    check_attachments(data.get("attachments") or [])
    check_embeds(data.get("embeds") or [], names=[*new_files, *kept])
    check_components(data.get("components") or [])
    if int(data.get("flags") or 0) & VOICE_MESSAGE:
        check_voice(data, new_files=new_files)


def check_voice(data: Mapping[str, Any], *, new_files: Sequence[str]) -> None:
    """A voice message has one recording with its length and its waveform, and nothing else."""
    if data.get("content") or data.get("embeds") or data.get("components") or len(new_files) != 1:
        raise invalid("flags", "Voice messages have one audio attachment and nothing else")
    (about,) = data.get("attachments") or [{}]
    if not float(about.get("duration_secs") or 0) > 0:
        raise invalid("attachments.0.duration_secs", "This field is required")
    if not 1 <= len(base64.b64decode(about.get("waveform") or "")) <= WAVEFORM_POINTS:
        raise invalid("attachments.0.waveform", f"1 to {WAVEFORM_POINTS} bytes in base64")


def check_not_empty(*, content: str, embeds: Sequence[Any], files: Sequence[Any], components: Sequence[Any]) -> None:
    if not (content.strip() or embeds or files or components):
        raise empty_message()


def check_mentions(mentions: Mapping[str, Any]) -> None:
    known(mentions, {"parse", "users", "roles", "replied_user"}, "allowed_mentions")
    parse = mentions.get("parse") or []
    if set(parse) - {"users", "roles", "everyone"}:
        raise invalid("allowed_mentions.parse", f"Unknown kinds: {parse}")
    if "users" in parse and mentions.get("users"):
        raise invalid("allowed_mentions.users", "parse:users and users are mutually exclusive")


def check_attachments(attachments: Sequence[Mapping[str, Any]]) -> None:
    if len(attachments) > ATTACHMENTS:
        raise invalid("attachments", f"At most {ATTACHMENTS}")
    for place, attachment in enumerate(attachments):
        where = f"attachments.{place}"
        known(attachment, ATTACHMENT_FIELDS, where)
        if attachment.get("description") is not None:
            length(attachment["description"], DESCRIPTION_CHARS, f"{where}.description")


def check_embeds(embeds: Sequence[Mapping[str, Any]], *, names: Sequence[str]) -> None:
    if len(embeds) > 10:
        raise invalid("embeds", "At most 10")
    if sum(map(_embed_chars, embeds)) > EMBED_CHARS:
        raise invalid("embeds", f"All embeds together may have {EMBED_CHARS} characters")
    for place, embed in enumerate(embeds):
        _check_embed(embed, names=names, where=f"embeds.{place}")


def _check_embed(embed: Mapping[str, Any], *, names: Sequence[str], where: str) -> None:
    known(embed, EMBED_FIELDS, where)
    for name, limit in EMBED_FIELDS.items():
        if limit is not None and embed.get(name) is not None:
            length(embed[name], limit, f"{where}.{name}")
    if len(embed.get("fields") or []) > 25:
        raise invalid(f"{where}.fields", "At most 25")
    for number, one in enumerate(embed.get("fields") or []):
        known(one, {"name", "value", "inline"}, f"{where}.fields.{number}")
        length(one["name"], 256, f"{where}.fields.{number}.name", least=1)
        length(one["value"], 1024, f"{where}.fields.{number}.value", least=1)
    length((embed.get("footer") or {}).get("text", ""), 2048, f"{where}.footer.text")
    length((embed.get("author") or {}).get("name", ""), 256, f"{where}.author.name")
    for picture in ("image", "thumbnail"):
        _check_picture(embed.get(picture) or {}, names=names, where=f"{where}.{picture}.url")


def _check_picture(picture: Mapping[str, Any], *, names: Sequence[str], where: str) -> None:
    url = picture.get("url", "")
    if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
        raise invalid(where, f"There is no such file in this message: {url} (there are {list(names)})")
    if url and not url.startswith(("attachment://", "http://", "https://")):
        raise invalid(where, f"Not a well formed URL: {url}")


def _embed_chars(embed: Mapping[str, Any]) -> int:
    parts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    parts.append((embed.get("author") or {}).get("name"))
    parts += [one.get(key) for one in embed.get("fields") or [] for key in ("name", "value")]
    return sum(len(part or "") for part in parts)


def check_components(rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) > 5:
        raise invalid("components", "At most 5 rows")
    for place, row in enumerate(rows):
        _check_row(row, where=f"components.{place}")
    custom_ids = [part["custom_id"] for row in rows for part in row["components"] if "custom_id" in part]
    twice = sorted({one for one in custom_ids if custom_ids.count(one) > 1})
    if twice:
        raise invalid("components", f"Component custom id cannot be duplicated: {twice}")


def check_form(form: Mapping[str, Any]) -> None:
    """A modal: one to five rows with a text field each."""
    known(form, {"custom_id", "title", "components"}, "data")
    length(form.get("custom_id"), 100, "data.custom_id", least=1)
    length(form.get("title"), FORM_TITLE_CHARS, "data.title", least=1)
    rows = form.get("components") or []
    if not 1 <= len(rows) <= FORM_ROWS:
        raise invalid("data.components", f"1 to {FORM_ROWS}")
    fields = []
    for place, row in enumerate(rows):
        where = f"data.components.{place}"
        known(row, {"type", "id", "components"}, where)
        if row.get("type") != 1 or len(row.get("components") or ()) != 1:
            raise invalid(where, "An action row with one text field; this fake does not cover Components V2")
        _check_field(row["components"][0], where=f"{where}.components.0")
        fields.append(row["components"][0]["custom_id"])
    if len(set(fields)) < len(fields):
        raise invalid("data.components", f"Component custom id cannot be duplicated: {fields}")


def _check_field(field: Mapping[str, Any], *, where: str) -> None:
    known(field, FORM_FIELD_FIELDS, where)
    if field.get("type") != 4 or field.get("style") not in (1, 2):
        raise invalid(where, "A text field of style 1 or 2")
    length(field.get("custom_id"), 100, f"{where}.custom_id", least=1)
    length(field.get("label"), FORM_TITLE_CHARS, f"{where}.label", least=1)
    length(field.get("placeholder") or "", 100, f"{where}.placeholder")
    least, most = field.get("min_length", 0), field.get("max_length", FORM_VALUE_CHARS)
    if not (0 <= least <= FORM_VALUE_CHARS and 1 <= most <= FORM_VALUE_CHARS and least <= most):
        raise invalid(f"{where}.max_length", f"1 to {FORM_VALUE_CHARS}, and not below min_length")
    length(field.get("value") or "", most, f"{where}.value")


def check_filled(field: Mapping[str, Any], value: str) -> None:
    """What a client lets somebody hand in."""
    least = max(field.get("min_length", 0), 1 if field.get("required", True) else 0)
    most = field.get("max_length", FORM_VALUE_CHARS)
    assert least <= len(value) <= most, f"{least} to {most} characters, not {len(value)}"
    assert field["style"] == 2 or "\n" not in value, "one line only"


def _check_row(row: Mapping[str, Any], *, where: str) -> None:
    known(row, {"type", "id", "components"}, where)
    if row.get("type") != 1:
        raise invalid(f"{where}.type", "Only action rows; this fake does not cover Components V2")
    parts = row["components"]
    buttons = [part for part in parts if part.get("type") == 2]
    if not parts or (len(buttons) != len(parts) and len(parts) != 1) or len(parts) > 5:
        raise invalid(f"{where}.components", "1 to 5 buttons or one select menu")
    for number, part in enumerate(parts):
        check = _check_button if part["type"] == 2 else _check_select
        check(part, where=f"{where}.components.{number}")


def _check_button(button: Mapping[str, Any], *, where: str) -> None:
    known(button, BUTTON_FIELDS, where)
    if button.get("label") is not None:
        length(button["label"], 80, f"{where}.label")
    if not button.get("label") and not button.get("emoji"):
        raise invalid(where, "A button must have a label or an emoji")
    if button.get("style") not in range(1, 7):
        raise invalid(f"{where}.style", "1 to 6")
    if button["style"] == 5:
        length(button.get("url"), 512, f"{where}.url", least=1)
    else:
        length(button.get("custom_id"), 100, f"{where}.custom_id", least=1)


def _check_select(select: Mapping[str, Any], *, where: str) -> None:
    known(select, SELECT_FIELDS, where)
    if select["type"] != 3:
        raise invalid(f"{where}.type", "Only menus of texts are covered by this fake")
    length(select.get("custom_id"), 100, f"{where}.custom_id", least=1)
    length(select.get("placeholder") or "", 150, f"{where}.placeholder")
    options = select.get("options") or []
    if not 1 <= len(options) <= 25:
        raise invalid(f"{where}.options", "1 to 25")
    for number, option in enumerate(options):
        known(option, {"label", "value", "description", "emoji", "default"}, f"{where}.options.{number}")
        length(option["label"], 100, f"{where}.options.{number}.label", least=1)
        length(option["value"], 100, f"{where}.options.{number}.value", least=1)
        length(option.get("description") or "", 100, f"{where}.options.{number}.description")
    if len({option["value"] for option in options}) != len(options):
        raise invalid(f"{where}.options", "Values must be unique")


# --- commands --------------------------------------------------------------------------------------------------------


def check_commands(commands: Sequence[Mapping[str, Any]]) -> None:
    """What is registered with PUT /applications/{id}/commands."""
    for kind, limit in ((1, 100), (2, 15), (3, 15)):
        if sum(command.get("type", 1) == kind for command in commands) > limit:
            raise invalid("", f"At most {limit} commands of type {kind}")
    names = [(command.get("type", 1), command["name"]) for command in commands]
    if len(set(names)) != len(names):
        raise invalid("name", "Application command names must be unique")
    for place, command in enumerate(commands):
        _check_command(command, where=str(place))


def _check_command(command: Mapping[str, Any], *, where: str) -> None:
    known(command, COMMAND_FIELDS, where)
    if set(command.get("contexts") or []) - {0, 1, 2} or set(command.get("integration_types") or []) - {0, 1}:
        raise invalid(f"{where}.contexts", "Unknown context or kind of installation")
    if command.get("type", 1) == 1:
        _check_words(command, where=where)
        _check_options(command.get("options") or [], where=f"{where}.options")
        if _command_chars(command) > 8000:
            raise invalid(where, "A command may have 8000 characters altogether")
    else:
        length(command["name"], 32, f"{where}.name", least=1)
        if command.get("description"):
            raise invalid(f"{where}.description", "A context menu has no description")
    _check_localised(command.get("name_localizations"), 32, where=f"{where}.name_localizations")


def _check_words(one: Mapping[str, Any], *, where: str) -> None:
    name = one["name"]
    if _COMMAND_NAME.fullmatch(name) is None or name != name.lower():
        raise invalid(f"{where}.name", f"Not a name for a command or an option: {name!r}")
    length(one.get("description"), 100, f"{where}.description", least=1)
    _check_localised(one.get("description_localizations"), 100, where=f"{where}.description_localizations")


def _check_localised(texts: Mapping[str, str] | None, limit: int, *, where: str) -> None:
    for locale, text in (texts or {}).items():
        if locale not in LOCALES:
            raise invalid(where, f"Unknown locale {locale}")
        length(text, limit, f"{where}.{locale}", least=1)


def _check_options(options: Sequence[Mapping[str, Any]], *, where: str) -> None:
    if len(options) > 25:
        raise invalid(where, "At most 25")
    if len({option["name"] for option in options}) != len(options):
        raise invalid(where, "Option names must be unique")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        raise invalid(where, "Required options must come before others")
    for number, option in enumerate(options):
        _check_option(option, where=f"{where}.{number}")


def _check_option(option: Mapping[str, Any], *, where: str) -> None:
    known(option, OPTION_FIELDS, where)
    _check_words(option, where=where)
    _check_localised(option.get("name_localizations"), 32, where=f"{where}.name_localizations")
    choices = option.get("choices") or []
    if len(choices) > 25 or (choices and option.get("autocomplete")):
        raise invalid(f"{where}.choices", "At most 25, and none beside autocomplete")
    for number, choice in enumerate(choices):
        check_choice(choice, where=f"{where}.choices.{number}")
    if option["type"] in (1, 2):
        _check_options(option.get("options") or [], where=f"{where}.options")


def check_choice(choice: Mapping[str, Any], *, where: str) -> None:
    known(choice, {"name", "name_localizations", "value"}, where)
    length(choice["name"], 100, f"{where}.name", least=1)
    _check_localised(choice.get("name_localizations"), 100, where=f"{where}.name_localizations")
    if isinstance(choice["value"], str):
        length(choice["value"], 100, f"{where}.value")


def _command_chars(command: Mapping[str, Any]) -> int:
    own = len(command["name"]) + len(command.get("description") or "")
    own += sum(len(choice["name"]) + len(str(choice["value"])) for choice in command.get("choices") or [])
    return own + sum(map(_command_chars, command.get("options") or []))


# --- what a client lets a person type --------------------------------------------------------------------------------


def check_given(option: Mapping[str, Any], value: Any) -> None:
    """Whether a client would let somebody send this value. Raises AssertionError: the test is wrong then."""
    kinds: dict[int, Any] = {3: str, 4: int, 5: bool, 6: str, 7: str, 10: (int, float), 11: SentFile}
    name = option["name"]
    assert isinstance(value, kinds[option["type"]]), f"{name} is not {value!r}"
    if option.get("choices"):
        assert value in [choice["value"] for choice in option["choices"]], f"{value!r} is not a choice of {name}"
    if option["type"] in (4, 10):
        assert value >= option.get("min_value", value), f"{name} may not be less than {option['min_value']}"
        assert value <= option.get("max_value", value), f"{name} may not be more than {option['max_value']}"
    if option["type"] == 3:
        assert len(value) <= option.get("max_length", 6000), f"{name} is too long"


def as_error(error: Exception) -> ApiError:
    """Data so wrong that looking at it failed: a missing field, a number where a list belongs."""
    return invalid("body", f"{type(error).__name__}: {error}")
