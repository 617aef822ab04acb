"""What an ear says, spelled out."""

from generator.hearing.ear import Ear
from generator.hearing.numbers import AT, FLAGS, NUMBERS
from generator.notation.tune import Header, parse_header

_ENDS = dict(zip(AT, [*list(AT.values())[1:], NUMBERS], strict=True))


def header(*voices: str, metre: str = "4/4", key: str = "C", unit: str = "1/8") -> Header:
    """A tune header with these voices: "1 treble", "2 bass"."""
    return parse_header([f"L:{unit}", f"M:{metre}", f"K:{key}", *(f"V:{voice}" for voice in voices)])


def named(row: bytes, group: str) -> list[int]:
    """The places in a group that are 1."""
    number = int.from_bytes(row, "little")
    return [place - AT[group] for place in range(AT[group], _ENDS[group]) if number >> place & 1]


def flags(row: bytes) -> set[str]:
    return {FLAGS[place] for place in named(row, "flags")}


def heard(text: str, *before: str, tune: Header | None = None) -> bytes:
    """What is heard behind `text`, a part of the bar that follows those before."""
    ear = Ear(tune or header("1 treble", "2 bass"))
    ear.learn(before)
    return ear.hears(text)
