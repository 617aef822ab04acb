"""The settings: every one with its type, unit, default and reason.

They come from environment variables with the prefix NOTABOT_, from a file `.env` in the current folder, and from files
in /run/secrets named like the variables (Docker puts secrets there); the first of these that has a value wins.
`load_settings` reads them, once, when the program starts; importing this module reads nothing.
A variable that is set but empty counts as not set. What is secret is never shown: not when settings are printed, and
not in the sentence that refuses it.
Not covered: whether files exist, and whether a token is right; whoever uses them says so.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from rapidfuzz.distance import OSA

from config.errors import ConfigError
from config.zones import find_zone

PREFIX = "NOTABOT_"
ENV_FILE = ".env"
SECRETS_DIR = Path("/run/secrets")
MAX_SLIPS = 2  # letters in which a misspelt name may differ from the one that was meant

# Which platforms there are, `bot.platforms` knows and looks at once more.
_KEY = re.compile(r"[a-z][a-z0-9]{1,19}:(-?[0-9]{1,24}|(?<=terminal:)[A-Za-z0-9_.-]{1,40})", re.ASCII)
_VISIBLE_ASCII = re.compile(r"[!-~]+")


def _parse_keys(value: Any) -> Any:
    """The list "discord:123,telegram:77" as a set; commas or spaces separate."""
    if not isinstance(value, str):
        return value
    keys = frozenset(value.replace(",", " ").split())
    wrong = sorted(key for key in keys if _KEY.fullmatch(key) is None)
    if wrong:
        raise ValueError("a list of platforms and numeric ids like discord:123,telegram:77")
    return keys


def _check_url(value: str, *, schemes: tuple[str, ...]) -> str:
    if not re.fullmatch(rf"({'|'.join(schemes)})://[^\s/?#]+[^\s?#]*", value):
        raise ValueError(f"an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return value


def _check_web_url(value: str) -> str:
    """Without a slash at its end, because paths are put behind it."""
    return _check_url(value, schemes=("https", "http")).rstrip("/")


def _check_socket_url(value: str) -> str:
    return _check_url(value, schemes=("wss", "ws"))


def _check_database_url(value: SecretStr) -> SecretStr:
    if not re.match(r"(postgres|postgresql|sqlite)(\+[a-z]+)?://", value.get_secret_value()):
        raise ValueError("an address that begins with postgresql:// or sqlite://")
    return value


def _check_token(value: SecretStr) -> SecretStr:
    token = SecretStr(value.get_secret_value().strip())
    if _VISIBLE_ASCII.fullmatch(token.get_secret_value()) is None:
        raise ValueError("the token alone, without spaces, as the platform shows it")
    return token


def _empty_is_none(value: Any) -> Any:
    """An empty file in /run/secrets counts as not set, like an empty variable."""
    return None if isinstance(value, str) and not value.strip() else value


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:  # nobody of that name, or nobody's home is known
        raise ValueError("a path, and ~ somebody's home folder") from error


def _known_zone(words: str) -> str:
    found = find_zone(words)
    if found is None:
        raise ValueError("a time zone like Europe/Berlin, America/New_York or UTC")
    return found


HomePath = Annotated[Path, AfterValidator(_at_home)]
Keys = Annotated[frozenset[str], NoDecode, BeforeValidator(_parse_keys)]
Secret = Annotated[SecretStr | None, BeforeValidator(_empty_is_none)]
Token = Annotated[Annotated[SecretStr, AfterValidator(_check_token)] | None, BeforeValidator(_empty_is_none)]
WebUrl = Annotated[str, AfterValidator(_check_web_url)]
SocketUrl = Annotated[str, AfterValidator(_check_socket_url)]
Zone = Annotated[str, AfterValidator(_known_zone)]
B = TypeVar("B", bound=BaseSettings)
S = TypeVar("S", bound="Section")
DatabaseUrl = Annotated[
    Annotated[SecretStr, AfterValidator(_check_database_url)] | None, BeforeValidator(_empty_is_none)
]


def section(title: str, *, note: str = "") -> dict[str, JsonValue]:
    """At the first of several settings that belong together: what they are about, and how all of them are written."""
    return {"section": title, "note": note}


def section_config(prefix: str) -> SettingsConfigDict:
    """How settings are read whose variables begin with NOTABOT_ and this: "MATRIX_"."""
    return SettingsConfigDict(
        env_prefix=PREFIX + prefix,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",  # `load_settings` looks for misspelt names; a shared .env may hold other programs' variables
        frozen=True,
        hide_input_in_errors=True,  # a traceback in a log must not show a token
    )


class Section(BaseSettings):
    """Settings that a platform brings along, beside its code; its own `model_config` says how they begin."""

    token: Token = Field(default=None, description="Its token. Secret. Without it the platform is not served.")


class Settings(BaseSettings):
    """All settings, checked and frozen."""

    model_config = section_config("")

    weights: HomePath | None = Field(
        json_schema_extra=section("the model"),
        default=None,
        description="File with the network, NotaGen's .pth or our .safetensors, or the name of published weights: "
        "notagen-x, notagen-rl, notagen-large, notagen-medium, notagen-small, fetched into the data folder when they "
        "are first used (1 to 6 GB). Without it the one that ships is used.",
    )
    rival_weights: HomePath | None = Field(
        default=None,
        description="Other weights, named likewise, for duels between the two (/duel chopin keyboard against=weights). "
        "They stay in memory beside the first.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="Where the network runs; auto takes CUDA if there is one: the same program on any machine.",
    )
    precision: Literal["auto", "fp32", "bf16", "int8"] = Field(
        default="auto",
        description="Numbers the network's matrices are computed with; auto takes int8 on a processor, as the model "
        "ships, and bf16 on a GPU; fp32 is what NotaGen uses.",
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=1024,
        description="Processor threads for the network; 0 takes one for small networks and torch's choice for large.",
    )
    slots: int = Field(
        default=4,
        ge=1,
        le=256,
        description="Pieces composed at the same time. More are faster together but slower each; each needs memory.",
    )
    max_bars: int = Field(
        default=256, ge=1, le=256, description="Longest piece in bars that may be asked for; protects a shared machine."
    )
    tries_per_bar: int = Field(
        default=3,
        ge=1,
        le=100,
        description="How often a wrong bar is sampled before it is repaired by rule. More only help weak models.",
    )
    candidates: int = Field(
        default=3,
        ge=1,
        le=16,
        description="Pieces composed for each that is delivered, the one the critic likes best. Each takes a slot.",
    )

    out_dir: HomePath = Field(
        json_schema_extra=section("files"),
        default=Path("out"),
        description="Folder for finished pieces, made if need be.",
    )
    data_dir: HomePath = Field(default=Path("data"), description="Folder for what the program keeps for itself.")
    soundfont: HomePath | None = Field(
        default=None,
        description="SoundFont (.sf2 or .sf3) for audio. Without it a large one of this system, or ours.",
    )

    render_time_limit_s: float = Field(
        json_schema_extra=section("drawing and audio"),
        default=120.0,
        gt=0,
        le=3600,
        description="Seconds that drawing one piece may take. Real pieces take a few, hostile ones for ever.",
    )
    render_memory_limit_mib: int = Field(
        default=4096,
        ge=256,
        le=1048576,
        description="Address space in MiB of the process that draws; a large SoundFont needs its size in addition.",
    )

    discord_token: Token = Field(
        json_schema_extra=section("the chats"),
        default=None,
        description="The bot's token from discord.com/developers/applications, page Bot. Keep it secret. Without it: "
        "no Discord.",
    )
    telegram_token: Token = Field(
        default=None, description="The bot's token as @BotFather gave it. Keep it secret. Without it: no Telegram."
    )
    discord_api_url: WebUrl = Field(
        default="https://discord.com/api/v10", description="Discord's interface; another one only for tests."
    )
    discord_gateway_url: SocketUrl | None = Field(
        default=None, description="Discord's gateway (wss://...); only for tests. Without it the real one."
    )
    telegram_api_url: WebUrl = Field(
        default="https://api.telegram.org",
        description="Telegram's interface. A Bot API server of your own lifts the size limits.",
    )
    discord_messages_per_s: float = Field(
        default=40.0, gt=0, le=50, description="Calls a second to Discord, which allows 50 and then shuts us out."
    )
    telegram_messages_per_s: float = Field(
        default=25.0,
        gt=0,
        le=1000,
        description="Messages and edits a second to all of Telegram, which allows 30 and then makes us wait.",
    )
    telegram_messages_per_chat_per_minute: float = Field(
        default=18.0,
        gt=0,
        le=1000,
        description="Messages and edits a minute to one Telegram group, where 20 are allowed; edits count.",
    )

    telegram_ephemeral_messages: bool = Field(
        default=False,
        description="Words for one member of a group are shown to them alone, where the bot may; written by the "
        "documentation of Bot API 10.3 and not yet seen on Telegram itself.",
    )
    telegram_rich_messages: bool = Field(
        default=False,
        description="Pieces as one rich message each, with pages to leaf through and player; written by the "
        "documentation of Bot API 10.2 and not yet seen on Telegram itself.",
    )

    admins: Keys = Field(
        json_schema_extra=section(
            "who may", note="lists like discord:123,telegram:77 (groups of Telegram have a minus: telegram:-100123)"
        ),
        default=frozenset(),
        description="Those who may use /admin: platform:id, separated by commas, or nobody.",
    )
    contact: str = Field(
        default="",
        max_length=200,
        description="Whom people may write to about the bot, as /about says it: an address, or @somebody.",
    )
    allowed_people: Keys = Field(default=frozenset(), description="If not empty, nobody else may ask for anything.")
    allowed_guilds: Keys = Field(
        default=frozenset(), description="If not empty, the only Discord servers and Telegram groups that are served."
    )
    allowed_chats: Keys = Field(
        default=frozenset(), description="If not empty, the only channels and chats that are served."
    )
    blocked_people: Keys = Field(default=frozenset(), description="People who get a polite no.")
    blocked_guilds: Keys = Field(default=frozenset(), description="Servers and groups that get a polite no.")
    blocked_chats: Keys = Field(default=frozenset(), description="Channels and chats that get a polite no.")

    llm_url: WebUrl | None = Field(
        json_schema_extra=section("a language model for words that are not understood"),
        default=None,
        description="Where a server speaks OpenAI's interface, up to its /v1; it is sent what people write in chats "
        "where our own reading lacks something. Without it nothing leaves this machine.",
    )
    llm_key: Secret = Field(default=None, description="Its key, if it wants one. Secret.")
    llm_model: str = Field(default="gpt-4o-mini", description="The model's name there.")

    database_url: DatabaseUrl = Field(
        json_schema_extra=section("the queue"),
        default=None,
        description="postgresql://user:password@host/name for a shared database. Secret. Without it: SQLite in the "
        "data folder, which is enough for one machine.",
    )
    queue_url: Secret = Field(
        default=None, description="Reserved for a queue on other machines. Only the embedded queue exists: leave empty."
    )
    max_queue: int = Field(
        default=100, ge=1, le=100_000, description="Pieces that may wait; who comes then is asked to try later."
    )
    max_waiting_per_person: int = Field(
        default=5, ge=1, le=1000, description="Pieces that one person may have waiting or being composed."
    )
    pieces_per_person_per_day: int = Field(
        default=50, ge=1, le=1_000_000, description="Pieces that one person may have in 24 hours."
    )
    pieces_per_guild_per_day: int = Field(
        default=500, ge=1, le=1_000_000, description="Pieces that one server or group may have in 24 hours."
    )
    cooldown_s: float = Field(
        default=0.0,
        ge=0,
        le=86_400,
        description="Seconds between two requests of one person; 0 lets them queue, as far as the others allow.",
    )
    files_cooldown_s: float = Field(
        default=10.0, ge=0, le=3600, description="Seconds until the same files of a piece are sent to a person again."
    )
    files_per_person_per_hour: int = Field(
        default=60, ge=1, le=10_000, description="How often a person may press for files of pieces in an hour."
    )
    chat_max_bars: int = Field(
        default=64,
        ge=1,
        le=256,
        description="Longest piece in bars that may be asked for in a chat; NOTABOT_MAX_BARS holds too.",
    )
    job_time_limit_s: float = Field(
        default=600.0, gt=0, le=86_400, description="Seconds that composing and drawing one piece may take in all."
    )

    time_zone: Zone = Field(
        json_schema_extra=section("running"),
        default="UTC",
        description="Time zone of chats that have not set one, for what comes at an hour, like Europe/Berlin.",
    )
    retention_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after which pieces and their files are removed; 0 keeps them.",
    )
    deliver_for_days: float = Field(
        default=3.0,
        gt=0,
        le=365,
        description="Days that a finished piece waits for a platform that is away. After that, /admin retry takes "
        "it up again.",
    )
    drain_s: float = Field(
        default=60.0,
        ge=0,
        le=3600,
        description="Seconds that pieces being composed get to finish when the program is told to stop; what is not "
        "finished is composed after the next start. Give Docker or systemd a little more before they kill.",
    )
    health_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Where /healthz, /readyz and /metrics are served; not to strangers.",
    )
    health_port: int = Field(
        default=8077, ge=0, le=65_535, description="Port of /healthz, /readyz and /metrics; 0 switches them off."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="From which importance on something is logged."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Lines for people, or one JSON object a line for a log store."
    )


def load_settings() -> Settings:
    """The settings of this environment. Raises ConfigError with a sentence for each value that cannot be used."""
    return _load(Settings)


def load_section(kind: type[S]) -> S:
    """The settings that a platform brings along. Raises ConfigError."""
    return _load(kind)


def _load(kind: type[B]) -> B:
    try:
        in_file = dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else {}
        secrets = SECRETS_DIR if SECRETS_DIR.is_dir() else None
        in_secrets = [path.name for path in secrets.iterdir()] if secrets else []
        _refuse_misspelt([*os.environ, *in_file, *in_secrets], kind)
        return kind(_secrets_dir=secrets)
    except ValidationError as error:
        raise ConfigError(
            reason="values", refusals=tuple(_refusal(detail, kind) for detail in error.errors())
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        where = SECRETS_DIR if _is_about_secrets(error) else ENV_FILE
        raise ConfigError(reason="unreadable", where=where, why=error) from error


def _is_about_secrets(error: Exception) -> bool:
    return isinstance(error, OSError) and str(error.filename or "").startswith(str(SECRETS_DIR))


def variable_of(kind: type[BaseSettings], name: str) -> str:
    """The variable of a setting: "NOTABOT_SLOTS"."""
    return f"{kind.model_config.get('env_prefix', '')}{name}".upper()


def _refuse_misspelt(names: Iterable[str], kind: type[BaseSettings]) -> None:
    """A misspelt setting would silently do nothing. Names unlike any setting may belong to another version."""
    known = sorted(variable_of(kind, name) for name in kind.model_fields)
    common = variable_of(kind, "")
    for name in (name.upper() for name in names):
        if not name.startswith(common) or name in known:
            continue
        meant = min(known, key=lambda candidate: (OSA.distance(name, candidate), candidate))
        if OSA.distance(name, meant) <= MAX_SLIPS:
            raise ConfigError(reason="no_such_setting", name=name, meant=meant)


def _refusal(detail: ErrorDetails, kind: type[BaseSettings]) -> ConfigError:
    """One wrong value: what it must be, what it is."""
    field = str(detail["loc"][0]) if detail["loc"] else "?"
    problem = detail["msg"].removeprefix("Input should be").removeprefix("Value error,").strip()
    name = variable_of(kind, field)
    if field in secret_fields(kind):
        return ConfigError(reason="secret", name=name, problem=problem)
    return ConfigError(reason="value", name=name, problem=problem, value=str(detail["input"])[:60])


def secret_fields(kind: type[BaseSettings]) -> frozenset[str]:
    """Those whose values are never shown."""
    return frozenset(name for name, field in kind.model_fields.items() if "SecretStr" in str(field.annotation))


SECRET_FIELDS = secret_fields(Settings)
