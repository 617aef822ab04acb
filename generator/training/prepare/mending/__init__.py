"""What is mended about the scores of a corpus before anything is learnt from them.

Promises: the same notes sound, as long, in the same bars; a second mending changes nothing. Each mending is a function
from tune to tune, told apart by name, so that a report can say what was mended how often.
Not covered: what an editor would have to decide.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.notation import Tune, beam_by_metre
from generator.notation.crossing import come_home
from generator.training.prepare.mending.barlines import share_barlines
from generator.training.prepare.mending.pickups import cut_invisible_rests
from generator.training.prepare.mending.tempos import mend_tempos
from generator.training.prepare.mending.texts import tidy_texts

# In this order: tempos are judged by the words of the source, before the texts are tidied.
MENDINGS: Mapping[str, Callable[[Tune], Tune]] = {
    "barlines and endings in all voices": share_barlines,
    "pickups without invisible rests": cut_invisible_rests,
    "tempos in beats that fit their words": mend_tempos,
    "texts and dynamics that players know": tidy_texts,
    "voices home on their staff at each barline": come_home,
    "beams by the metre": beam_by_metre,
}


@dataclass(frozen=True)
class Mended:
    """A tune in good order. touched: the names of the mendings that changed something."""

    tune: Tune
    touched: tuple[str, ...]


def mend(tune: Tune) -> Mended:
    """All mendings, one after the other."""
    touched = []
    for name, mending in MENDINGS.items():
        mended = mending(tune)
        if mended != tune:
            touched.append(name)
        tune = mended
    return Mended(tune, tuple(touched))
