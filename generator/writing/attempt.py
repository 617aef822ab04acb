"""What one bar of a piece has behind it while it is written: where its voices began, and what was given up.

Not covered: what is done with it (`draft.py`).
"""

from dataclasses import dataclass, field

from generator.model.slot import Mark
from generator.notation import Bar
from generator.planning.stay import NOTHING_STAYS, Stay


@dataclass(frozen=True)
class VoiceStart:
    """Where a voice's bar began: the state of the cache and the length of the line so far."""

    mark: Mark
    line_chars: int


@dataclass
class BarWork:
    """The bar that is being written.

    tries: that were given up; clean: nothing was thrown away; best: try to repair; stay: what the plan has said again;
    unheard: tries in which a chord that was wished for was not to be heard; stale: tries that said nothing new.
    """

    tries: int = 0
    clean: bool = True
    best: Bar | None = None
    stay: Stay = NOTHING_STAYS
    unheard: int = 0
    stale: int = 0

    @property
    def kept(self) -> str:
        """Its first voices, if they stay, as a part of the line."""
        return self.stay.kept


@dataclass(kw_only=True)
class Attempt:
    """One try of a bar.

    forced: what the next patch has to begin with; line: what is written; voice_ended: whether its last voice is
    finished; voice_starts: where its voices began; voice_tries: that the current voice has had.
    """

    forced: str
    line: str = ""
    voice_ended: bool = False
    voice_starts: list[VoiceStart] = field(default_factory=list)
    voice_tries: int = 0

    @property
    def voices(self) -> list[str]:
        """Ids of the voices in the line."""
        return [part.split("]")[0] for part in self.line.split("[V:")[1:]]
