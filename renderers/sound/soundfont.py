"""Where the instruments come from: the soundfont to play with."""

from pathlib import Path

from renderers.errors import SetupBroken

SUFFIXES = (".sf2", ".sf3")
SHIPPED_SOUNDFONT = Path(__file__).with_name("font") / "FluidR3Mono_GM.sf3"
SYSTEM_FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
BETTER_BYTES = 64_000_000  # uncompressed, ours would have 130 MB: what is much smaller sounds worse


def find_soundfont(setting: Path | None, *, system_folders: tuple[Path, ...] = SYSTEM_FOLDERS) -> Path:
    """The soundfont to use: the one in the settings, else a large one of the system, else the one that comes along.

    Raises SetupBroken when the setting names no soundfont, or when ours is missing.
    """
    if setting is not None:
        if setting.suffix.lower() not in SUFFIXES or not setting.is_file():
            raise SetupBroken(reason="soundfont", path=setting)
        return setting
    found = _system_soundfont(system_folders) or SHIPPED_SOUNDFONT
    if not found.is_file():
        raise SetupBroken(reason="no_soundfont", path=found)
    return found


def _system_soundfont(folders: tuple[Path, ...]) -> Path | None:
    """The largest large .sf2 of the system: size is the best sign of quality that a file shows from outside."""
    found = [file for folder in folders if folder.is_dir() for file in folder.glob("*.sf2") if file.is_file()]
    large = [file for file in found if file.stat().st_size >= BETTER_BYTES]
    return max(large, key=lambda file: (file.stat().st_size, file.name), default=None)
