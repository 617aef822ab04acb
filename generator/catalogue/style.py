"""A style: what a network was taught to write under three prompt lines."""

import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Style:
    """A period, a composer and an instrumentation, spelled as the network was taught them.

    Two styles are equal if these three are. What else is known about a style, the catalogue fills in: `called`, the
    composer's name in the style's name; `family` of the instrumentation; `chinese`, composer and instrumentation;
    `origin`, "notagen", "notabot" or "own": whose list it comes from, own weights' or one of config/styles.toml.
    """

    period: str
    composer: str
    instrumentation: str
    called: str = field(default="", compare=False, repr=False)
    family: str = field(default="", compare=False, repr=False)
    chinese: tuple[str, str] = field(default=("", ""), compare=False, repr=False)
    origin: str = field(default="", compare=False, repr=False)

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

    def display(self, language: str = "en") -> str:
        """The name to show: "Chopin keyboard" or, for languages that begin with "zh", "肖邦 键盘"."""
        return " ".join(self.chinese) if language.startswith("zh") and all(self.chinese) else self.name


def _slug(text: str) -> str:
    """Small plain letters and underscores, as in file names: "Art Song" → "art_song"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        char if char.isascii() and char.isalnum() else " " for char in plain if not unicodedata.combining(char)
    )
    return "_".join(kept.split())
