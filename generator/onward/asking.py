"""From what a person says about a piece to a whole `Work`: bars in words, the style, how daring.

Promises: what nobody said is as suits the kind of work; the result is held against the piece.
Not covered: doing it (`door.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling
from generator.onward.brought import Brought
from generator.onward.fitting import check_edit, in_keys_of
from generator.onward.step import Edit, Step
from generator.onward.styling import style_of
from generator.onward.work import GOES_ON, How, Kind, Work
from generator.request import MAX_BARS, sample_seed

# Between bars the network is led by what follows; so it is let free, without leaning to anybody.
BETWEEN_TEMPERATURE, RESTYLE_TEMPERATURE, RESTYLE_GUIDANCE = 1.0, 0.9, 1.25
_BARS = re.compile(r"\D*?(\d{1,4})(?:\s*(?:-|–|—|\.\.+|~|～|to|bis|到|至)\s*(\d{1,4}))?\D*", re.IGNORECASE)
_HOW_WORDS = {
    "ornament": How.ORNAMENT,
    "second": How.EVERY_SECOND_BAR,
    "harmony": How.SAME_HARMONY,
    "rhythm": How.SAME_RHYTHM,
}


def parse_bars(text: str) -> tuple[int, int]:
    """The bars that "5-8", "bars 5 to 8" or "5" mean. Raises BadRequest."""
    found = _BARS.fullmatch(text.strip())
    if found is None:
        raise BadRequest(reason="which_bars", value=text[:40])
    first = int(found[1])
    return first, int(found[2] or first)


def parse_how(text: str) -> How:
    """The way of varying that is meant. Raises BadRequest."""
    said = text.strip().lower().replace("_", "-").replace(" ", "-")
    if said in set(How):
        return How(said)
    for word, how in _HOW_WORDS.items():
        if word in said:
            return how
    raise BadRequest(reason="how", value=text[:40], known=tuple(how.value for how in How))


def work_on_piece(
    kind: Kind,
    brought: Brought,
    catalogue: Catalogue,
    *,
    style: Style | None = None,
    own_style: Style | None = None,
    bars: int | None = None,
    first: int | None = None,
    last: int | None = None,
    how: How | None = None,
    how_far: float | None = None,
    seed: int | None = None,
    sampling: Sampling | None = None,
    most_bars: int = MAX_BARS,
) -> Work:
    """A whole request. style: as asked; own_style: that of the piece, where it is known. Raises BadRequest."""
    wanted = style or own_style or style_of(brought.tune.header, catalogue)
    wanted = catalogue.complete(wanted)
    work = Work(
        kind=kind,
        style=wanted,
        seed=sample_seed() if seed is None else seed,
        bars=bars,
        first=first,
        last=last,
        how=how or How.EVERY_SECOND_BAR,
        how_far=0.5 if how_far is None else how_far,
        sampling=sampling or usual_sampling(kind, wanted, catalogue),
    )
    return work.fit(len(brought.bars), most_bars=most_bars)


def edit_of_music(
    steps: Sequence[Step],
    brought: Brought,
    catalogue: Catalogue,
    *,
    own_style: Style | None = None,
    seed: int | None = None,
) -> Edit:
    """A whole edit, held against the piece. own_style: that of the piece, where it is known. Raises BadRequest."""
    style = catalogue.complete(own_style or style_of(brought.tune.header, catalogue))
    edit = Edit(
        steps=in_keys_of(brought, steps),
        style=style,
        seed=sample_seed() if seed is None else seed,
        sampling=usual_sampling(Kind.REWRITE, style, catalogue),
    ).fit(len(brought.bars))
    check_edit(brought, edit)
    return edit


def usual_sampling(kind: Kind, style: Style, catalogue: Catalogue) -> Sampling:
    """How daring a kind of work is if nobody says."""
    preset = catalogue.preset(style)
    if kind is Kind.RESTYLE:
        return replace(preset, temperature=RESTYLE_TEMPERATURE, guidance=RESTYLE_GUIDANCE)
    if kind in GOES_ON or kind is Kind.HARMONISE:
        return preset
    return replace(preset, temperature=BETWEEN_TEMPERATURE, guidance=0.0)
