"""What a command is, what it is given and what it may use.

`bot.commands` is written in these words and those of `bot.chat.messages` only; `bot.platforms` translates them to and
from Discord, Telegram and the terminal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from bot.chat.hall import Hall
from bot.chat.messages import Action, Address, Ask, Attachment, Person, Reply
from bot.commands.rationing import Rations
from bot.guesses.puzzles import Puzzle
from bot.jobs import Jobs
from bot.store import PersonSettings, ServerRules, Store
from bot.texts import Language
from config.settings import Settings
from generator.catalogue.catalogue import Catalogue
from renderers.pipeline import Rendering
from renderers.score.files import ScoreFile


class FileReader(Protocol):
    """What commands need of `renderers.pipeline.open_renderer`."""

    async def render_most(
        self, source: str | ScoreFile, formats: Sequence[str], *, title: str = "", composer: str = "", tune: str = ""
    ) -> Rendering:
        """A file, or a tune in ABC, as other formats, with what could not be kept. Raises RenderError."""


class DayBars(Protocol):
    """What commands need of `bot.commands.guessing.drawing`."""

    async def attachments(self, puzzle: Puzzle, language: Language) -> Sequence[Attachment]:
        """A picture and something to hear. Raises RenderError."""


class Drawing(Protocol):
    """What health needs of `renderers.pipeline.open_renderer`."""

    @property
    def is_well(self) -> bool:
        """Whether the process that draws is there."""

    async def warm_up(self) -> None:
        """Start it. Raises RenderError."""


@dataclass(frozen=True)
class Services:
    """Everything is open and outlives the platforms. model: a short name of the weights, for /about.

    renderer: what draws pieces; None with a stand-in for making.

    reader: reads files that people send, in a process that may die; None where none can be sent.

    rations: how often files were sent to whom. bars: draws those of a day.
    """

    settings: Settings
    catalogue: Catalogue
    store: Store
    jobs: Jobs
    model: str
    reader: FileReader | None = None
    renderer: Drawing | None = None
    rations: Rations = field(default_factory=Rations)
    bars: DayBars | None = None


@dataclass(frozen=True)
class Suggestion:
    """One line of an autocomplete list: what is shown (at most 100 characters) and what it stands for (likewise)."""

    label: str
    value: str


# (context, what is typed so far) → suggestions, best first; the options given so far are in the context.
Suggest = Callable[["Context", str], Awaitable[Sequence[Suggestion]]]


@dataclass(frozen=True)
class Option:
    """One option of a command. Its description is the text `option.<command>.<name>`.

    rest: takes all words that are not another option ("/compose chopin keyboard"); one option of a command may.
    kind: what a value is read as, once: key and metre become those of `generator.notation`, form and chords those of
    `generator.planning`, a file is a SentFile.
    minimum, maximum: limits of a number, in the option's own unit. choices: the only values allowed; each is shown as
    the text `choice.<value>`.
    """

    name: str
    kind: Literal["text", "integer", "number", "boolean", "key", "metre", "form", "chords", "file"] = "text"
    required: bool = False
    rest: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: Sequence[str] = ()
    suggest: Suggest | None = None


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A place that somebody names. name: as people know it. within: ids of what it is part of, as rules name these."""

    address: Address
    name: str
    within: Sequence[str] = ()
    bot_may_speak: bool = True
    person_may_write: bool = True


async def _nobody() -> bool:
    return False


async def _everybody() -> bool:
    return True


async def _no_place(_named: str, _language: Language) -> Elsewhere | None:
    return None


async def _no_other(_guild: str) -> bool:
    return False


def _same_chat(address: Address, place: str) -> Address:
    return replace(address, chat=place)


def _nowhere(_place: str, _language: Language) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Here:
    """Where somebody speaks, as far as only the platform knows it.

    places: ids by which a server's rules may name this place, the narrowest first: a thread and its channel, a topic.
    name_of: such an id as people of a language know it, "" if there is no such place. is_managed: whether the server
    is managed by whoever speaks. there: where something is told in another such place. invitation: the address with
    which the bot is added to another server, "" if none. find_place: what somebody means by words for a channel or
    chat, None for nothing that there is. manages: whether they manage a server that has this id. hears_reactions:
    whether the platform tells us of reactions here. private_chat: where whoever speaks is alone with the bot, "" where
    the platform has to open it; None where there is no such place, and where they are there already. shows_alone:
    whether buttons can be shown to one person of several, as words can everywhere.

    hall: where music can be played aloud; None where there is no such thing.
    """

    places: Sequence[str] = ()
    name_of: Callable[[str, Language], str] = _nowhere
    is_managed: Callable[[], Awaitable[bool]] = _nobody
    there: Callable[[Address, str], Address] = _same_chat
    invitation: str = ""
    find_place: Callable[[str, Language], Awaitable[Elsewhere | None]] = _no_place
    manages: Callable[[str], Awaitable[bool]] = _no_other
    hears_reactions: Callable[[], Awaitable[bool]] = _everybody
    private_chat: str | None = None
    shows_alone: bool = True
    hall: Hall | None = None


@dataclass(frozen=True)
class Command:
    """A command or, with `subcommands`, a family of them. Its description is the text `command.<name>`.

    The name of a subcommand's texts has its family in front: `command.admin.pause`, `option.admin.block.who`.
    private: its answers are for the person alone. admin: only for those whom the settings name. manager: only for those
    who manage the server it is used in.
    """

    name: str
    handle: Callable[[Context], Awaitable[None]] | None = None
    options: Sequence[Option] = ()
    subcommands: Sequence[Command] = ()
    private: bool = False
    admin: bool = False
    manager: bool = False


class Context(Protocol):
    """One command, button or autocomplete request of one person, on one platform.

    Made by the platform, used by `bot.commands`. event_key is the same when the platform sends the same event again.
    language is at first the client's; `bot.commands.running` reads once what the person chose and what holds in the
    server, and sets likes, rules and language. options: values by name, typed as the command says and within its limits
    (`check_options`); what was not given is missing. pressed: the message whose button was pressed, as the platform
    names it. called: what the person is called there.
    """

    services: Services
    person: Person
    address: Address
    language: Language
    event_key: str
    options: Mapping[str, Any]
    likes: PersonSettings
    rules: ServerRules
    here: Here
    pressed: str | None
    called: str

    async def reply(self, reply: Reply) -> str | None:
        """Answer; may be called more than once. Returns the message's id where there is one.

        Raises PlatformError.
        """

    async def confirm(self, reply: Reply, *, job: str) -> Address | None:
        """Say that a request was taken, as briefly as the chat needs it; this becomes the result, or is followed by it.

        Returns where the result goes, with the message that becomes it if there is one; None if that is not known.
        Raises PlatformError.
        """

    async def ask(self, ask: Ask) -> None:
        """Ask for words: by a form, or by a message that is to be answered. Raises PlatformError."""

    async def edit(self, reply: Reply) -> None:
        """Change the message whose button was pressed; for a command, the last answer. Raises PlatformError."""

    async def delete(self) -> None:
        """Remove the message whose button was pressed. Raises PlatformError."""

    async def remove(self, message: str) -> bool:
        """Remove another message in this chat, as `Messenger.deliver` named it.

        False if it is still there: too old, or not allowed. Raises PlatformError.
        """


@dataclass
class Registry:
    """All commands, what the buttons do, and what is done with words that were asked for. forms: of the buttons that
    ask for some, which have to be quick: a platform gives seconds for it.
    """

    commands: list[Command] = field(default_factory=list)
    actions: dict[str, Callable[[Context, Action], Awaitable[None]]] = field(default_factory=dict)
    answers: dict[str, Callable[[Context, Action, str], Awaitable[None]]] = field(default_factory=dict)
    forms: frozenset[str] = frozenset()

    def command(self, name: str) -> Command | None:
        return next((command for command in self.commands if command.name == name), None)
