"""What stands of a piece before a note of it is written, and how far it is to be written.

Not covered: where it comes from (`generator.onward`), and how it is kept (`draft.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.notation import Bar
from generator.planning.stay import Stay


@dataclass(frozen=True, kw_only=True)
class Given:
    """stays: what stands in a bar, by its number; stop: how many bars there will be at the end, None for all that the
    request asks for; follows: bars that stand behind those: what is written is weighed by how likely it makes them;
    quiet: without a plan, since what is around it has its own; shown: bars that stand behind those and are read first,
    under FILL_PROMPT, each with its own number in its countdown.
    """

    stays: Mapping[int, Stay] = field(default_factory=dict)
    stop: int | None = None
    follows: tuple[Bar, ...] = ()
    quiet: bool = False
    shown: tuple[Bar, ...] = ()

    @property
    def bars_given(self) -> int:
        """How many bars stand whole, up to where it is written."""
        return sum(stay.whole is not None for bar, stay in self.stays.items() if self.stop is None or bar < self.stop)


NOTHING_GIVEN = Given()
