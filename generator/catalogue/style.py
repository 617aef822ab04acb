"""A style: what a network was taught to write under three prompt lines."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from config.letters import fold

# The instrumentations of an orchestra, alone or with voices.
ORCHESTRAS = ("Orchestral", "Vocal-Orchestral")


@dataclass(frozen=True)
class Named:
    """Something with a name of its own in several languages.

    text: what it is called in all others; names: by the tag of the language.
    """

    text: str
    names: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def named(self, language: str) -> str:
        """What a language calls it."""
        return self.names.get(language, self.text)


@dataclass(frozen=True)
class Style:
    """A period, a composer and an instrumentation, spelled as the network was taught them.

    Two styles are equal if these three are. What else is known about a style, the catalogue fills in: `called`, the
    composer's name in the style's name; `family` of the instrumentation; `names`, those of composer and instrumentation
    in other languages, by tag, "" for none; `origin`, "notagen", "notabot" or "own": whose list it comes from, own
    weights' or one of config/styles.toml; `listed`, the period that people look for it in, where that is another.
    """

    period: str
    composer: str
    instrumentation: str
    _: KW_ONLY
    called: str = field(default="", compare=False, repr=False)
    family: str = field(default="", compare=False, repr=False)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False, repr=False)
    origin: str = field(default="", compare=False, repr=False)
    listed: str = field(default="", compare=False, repr=False)

    @property
    def era(self) -> str:
        """The period that people are offered it in: the network's own, but where that is "Unknown"."""
        return self.listed or self.period

    @property
    def prompt_lines(self) -> tuple[str, str, str]:
        """The three lines that stand before the tune header."""
        return f"%{self.period}\n", f"%{self.composer}\n", f"%{self.instrumentation}\n"

    @property
    def name(self) -> str:
        """For example "Chopin keyboard"; typed as a request it finds this style."""
        return f"{self.called or self.surname} {self.instrumentation.lower()}"

    @property
    def surname(self) -> str:
        return self.composer.partition(",")[0]

    @property
    def composer_slug(self) -> str:
        """The composer as in file names: "clara_schumann"."""
        return _slug(self.called or self.surname)

    @property
    def instrumentation_slug(self) -> str:
        """The instrumentation as in file names: "art_song"."""
        return _slug(self.instrumentation)

    def composer_in(self, language: str, *, short: bool = False) -> str:
        """What a language calls the composer: "Chopin, Frederic" or "肖邦"; short: without given names."""
        own, _ = self.names.get(language, ("", ""))
        if short:
            return own.partition(",")[0] or self.called or self.surname
        return own or self.composer

    def instrumentation_in(self, language: str) -> str:
        """What a language calls the instrumentation: "Keyboard" or "键盘"."""
        _, own = self.names.get(language, ("", ""))
        return own or self.instrumentation


def _slug(text: str) -> str:
    """Small plain letters and underscores, as in file names: "Art Song" → "art_song"."""
    kept = "".join(char if char.isascii() and char.isalnum() else " " for char in fold(text))
    return "_".join(kept.split())
