"""Where the instruments come from: the soundfont to play with."""

from importlib.util import find_spec
from pathlib import Path

from renderers.errors import RenderError

# Only .sf2: the synthesiser we use renders the compressed .sf3 (MuseScore_General_Lite) at -50 dB, nearly silent.
SUFFIX = ".sf2"
SYSTEM_FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))


def find_soundfont(setting: Path | None, *, system_folders: tuple[Path, ...] = SYSTEM_FOLDERS) -> Path:
    """The soundfont to use: the one in the settings, else the largest of the system, else the small one we depend on.

    Raises RenderError when the setting names no .sf2 file, or when there is no soundfont at all.
    """
    if setting is not None:
        if setting.suffix.lower() != SUFFIX or not setting.is_file():
            raise RenderError(
                f"The soundfont {setting} is not there or is no .sf2 file. "
                "Correct the setting, or remove it to use the default."
            )
        return setting
    return _system_soundfont(system_folders) or _packaged_soundfont()


def _system_soundfont(folders: tuple[Path, ...]) -> Path | None:
    """The largest soundfont of the system: size is the best sign of quality that a file shows from outside."""
    found = [file for folder in folders if folder.is_dir() for file in folder.glob(f"*{SUFFIX}") if file.is_file()]
    return max(found, key=lambda file: (file.stat().st_size, file.name), default=None)


def _packaged_soundfont() -> Path:
    """TimGM6mb, 6 MB, inside the wheel of pretty_midi. Located, not imported: importing is slow and warns."""
    package = find_spec("pretty_midi")
    if package is not None and package.origin is not None:
        soundfont = Path(package.origin).with_name("TimGM6mb.sf2")
        if soundfont.is_file():
            return soundfont
    raise RenderError("There is no soundfont. Install one (fluid-soundfont-gm) or the Python package pretty_midi.")
