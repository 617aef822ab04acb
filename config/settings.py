"""The settings: every one with its type, unit, default and reason.

They come from environment variables with the prefix NOTABOT_ and from a file `.env` in the current folder; the
environment wins. `load_settings` reads them, once, when the program starts; importing this module reads nothing.
A variable that is set but empty counts as not set.
Not covered: whether files exist; whoever opens them says so.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz.distance import OSA

from config.errors import ConfigError

PREFIX = "NOTABOT_"
ENV_FILE = ".env"
MAX_SLIPS = 2  # letters in which a misspelt name may differ from the one that was meant

HomePath = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(BaseSettings):
    """All settings, checked and frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",  # `load_settings` looks for misspelt names; a shared .env may hold other programs' variables
        frozen=True,
    )

    # --- the model -------------------------------------------------------------------------------------------------

    weights: HomePath | None = Field(
        default=None,
        description="File with the network: NotaGen's .pth or our .safetensors. Without it the one that ships is used.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="Where the network runs. auto takes CUDA if there is one: the same program on any machine.",
    )
    precision: Literal["auto", "fp32", "bf16", "int8"] = Field(
        default="auto",
        description="Numbers the network's matrices are computed with. auto takes int8 on a processor, as the model "
        "ships, and bf16 on a GPU or for 16 slots and more; fp32 is what NotaGen uses.",
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

    # --- files -----------------------------------------------------------------------------------------------------

    out_dir: HomePath = Field(default=Path("out"), description="Folder for finished pieces, made if need be.")
    data_dir: HomePath = Field(default=Path("data"), description="Folder for what the program keeps for itself.")
    soundfont: HomePath | None = Field(
        default=None,
        description="SoundFont (.sf2) for audio. Without it the best one found here, or a small bundled one.",
    )

    # --- drawing and audio -----------------------------------------------------------------------------------------

    render_time_limit_s: float = Field(
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


def load_settings() -> Settings:
    """The settings of this environment. Raises ConfigError with a sentence for each value that cannot be used."""
    try:
        names = [*os.environ, *(dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else ())]
        _refuse_misspelt(names)
        return Settings()
    except ValidationError as error:
        raise ConfigError(" ".join(_sentence(detail) for detail in error.errors())) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The file {ENV_FILE} cannot be read: {error}. Correct or remove it.") from error


def _refuse_misspelt(names: Iterable[str]) -> None:
    """A misspelt setting would silently do nothing. Names unlike any setting may belong to another version."""
    known = sorted(f"{PREFIX}{name}".upper() for name in Settings.model_fields)
    for name in (name.upper() for name in names):
        if not name.startswith(PREFIX) or name in known:
            continue
        meant = min(known, key=lambda candidate: (OSA.distance(name, candidate), candidate))
        if OSA.distance(name, meant) <= MAX_SLIPS:
            raise ConfigError(f"There is no setting {name}. Did you mean {meant}?")


def _sentence(detail: ErrorDetails) -> str:
    """One wrong value in words: what it must be, what it is."""
    field = str(detail["loc"][0]) if detail["loc"] else "?"
    problem = detail["msg"].removeprefix("Input should be").removeprefix("Value error,").strip()
    return f"{PREFIX}{field.upper()} should be {problem}, not “{str(detail['input'])[:60]}”."
