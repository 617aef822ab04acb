"""What is asked of the composer, and what it tells while and after it works.

Promises: a `Request` is the one form of asking for a composition, for the command line, the chats, the database and
JSON. Whoever has one need neither parse nor check: key and metre are values, and all of it is within its limits.
Not covered: the words that people use; `parse_key` and `parse_metre` read those, once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import NOBODY, Ensemble, in_score_order
from generator.catalogue.style import Style
from generator.critic.card import ReportCard
from generator.critic.choice import Choice
from generator.errors import BadRequest, NotationError
from generator.model.sampling_settings import Sampling
from generator.notation import Tune
from generator.notation.keys import Key, read_key
from generator.notation.limits import Metre, check_tempo, read_metre_field
from generator.planning.chords import Progression, parse_progression
from generator.planning.form import Form, parse_form
from generator.planning.plan import Plan

SAMPLED_SEEDS = 10**9  # nine digits: easy to read out and type again
MAX_BARS = 256
MAX_CANDIDATES = 16
MAX_SEED = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Request:
    """One piece to compose. What is None is sampled from real pieces of the style; the form is drawn, chords are free.

    tempo: quarter notes a minute; bars: 1 to 256. candidates: how many pieces are composed, 1 to 16, of which the one
    that the critic likes best is delivered; the first has the seed itself. None: as many as the composer's settings
    say. players: who exactly is to play, by the ids of `catalogue/ensembles.py`; nobody: whoever does in a piece of the
    style. more: fields of a newer version by name, which are kept and mean nothing here.
    Raises BadRequest for values outside what is possible.
    """

    style: Style
    seed: int
    bars: int = 16
    key: Key | None = None
    metre: Metre | None = None
    tempo: int | None = None
    form: Form | None = None
    chords: Progression | None = None
    sampling: Sampling = field(default_factory=Sampling)
    candidates: int | None = None
    players: Ensemble = NOBODY
    more: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= MAX_BARS:
            raise BadRequest(reason="bars", high=MAX_BARS, value=self.bars)
        if self.candidates is not None and not 1 <= self.candidates <= MAX_CANDIDATES:
            raise BadRequest(reason="candidates", high=MAX_CANDIDATES, value=self.candidates)
        if not 0 <= self.seed <= MAX_SEED:
            raise BadRequest(reason="seed")
        if self.tempo is not None:
            check_tempo(self.tempo)
        if self.form is not None:
            self.form.check_bars(self.bars)
        if self.chords is not None:
            self.chords.check_bars(self.bars)

    @property
    def key_wanted(self) -> Key | None:
        """The key that was asked for, or in which the chords are that were; None if none was."""
        return self.key or (self.chords.key() if self.chords else None)

    def to_json(self) -> dict[str, Any]:
        """For the database, `--json` and the record beside a piece. Of the style only its three names."""
        return {
            **self.more,
            "period": self.style.period,
            "composer": self.style.composer,
            "instrumentation": self.style.instrumentation,
            "seed": self.seed,
            "bars": self.bars,
            "key": self.key.abc if self.key else None,
            "metre": str(self.metre) if self.metre else None,
            "tempo": self.tempo,
            "form": str(self.form) if self.form else None,
            "chords": str(self.chords) if self.chords else None,
            "sampling": asdict(self.sampling),
            "candidates": self.candidates,
            "players": list(self.players),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote, also in another version: what is unknown is kept, what is missing is as usual.

        Raises BadRequest for what no version writes.
        """
        try:
            known = _read(values)
        except (KeyError, TypeError, ValueError, NotationError) as error:
            raise BadRequest(reason="unreadable") from error
        more = {name: value for name, value in values.items() if name not in _WRITTEN}
        return cls(**known, more=more)

    def complete(self, catalogue: Catalogue) -> Self:
        """With all that the catalogue knows about the style; one that is no longer there stays a bare one."""
        return replace(self, style=catalogue.complete(self.style))


_WRITTEN = frozenset(
    (
        *("period", "composer", "instrumentation", "players", "seed", "bars", "key", "metre", "tempo", "form"),
        "chords",
        *("sampling", "candidates"),
    )
)


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    period, composer, instrumentation = (str(values[name]) for name in ("period", "composer", "instrumentation"))
    sampling = values.get("sampling") or {}
    known = {item.name: sampling[item.name] for item in fields(Sampling) if item.name in sampling}
    return {
        "style": Style(period, composer, instrumentation),
        "seed": int(values["seed"]),
        "bars": int(values["bars"]),
        "key": read_key(values["key"]) if values.get("key") else None,
        "metre": read_metre_field(values["metre"]) if values.get("metre") else None,
        "tempo": values.get("tempo"),
        "form": parse_form(str(values["form"])) if values.get("form") else None,
        "chords": parse_progression(str(values["chords"])) if values.get("chords") else None,
        "sampling": Sampling(**known),
        "candidates": values.get("candidates"),
        "players": in_score_order(str(player) for player in values.get("players") or ()),
    }


def sample_seed() -> int:
    """A seed for somebody who named none."""
    return secrets.randbelow(SAMPLED_SEEDS)


def sampling_for(
    catalogue: Catalogue, style: Style, *, temperament: str | None = None, **asked: float | None
) -> Sampling:
    """How to sample: what was asked (by the names of `Sampling`), and for the rest what suits temperament or style.

    Raises BadRequest for an unknown temperament and for values outside what is possible.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    return replace(catalogue.preset(style, temperament), **given)  # type: ignore[arg-type]  # names and types match


@dataclass(frozen=True)
class Progress:
    """`bar` of `bars` are finished. remaining_s is a guess from the bars so far, None before the first.

    Of several candidates it is what each has finished on average. A piece that is composed again, since it copied a
    training piece, begins again with bar 1.
    """

    bar: int
    bars: int
    elapsed_s: float
    remaining_s: float | None


@dataclass(kw_only=True)
class Counts:
    """The work a piece took.

    patches: all that were sampled, thrown away ones included; kept_patches: those of the piece's music.
    bars_first_try: bars with nothing thrown away; voices_rejected: single voices sampled again; bars_rejected: bars
    begun anew; bars_repaired: bars that stayed wrong and were completed or cut by rule; held_back: characters that the
    guard sampled again; endings_rejected: versions of the last bars, sampled again for a better cadence;
    ending_patches: those of their music; bars_said_again: bars that the plan had said again without sampling, which are
    not among `bars`, nor are bars_given: those that stood there before. Repair took patches / (kept_patches +
    ending_patches) times what was needed.
    All these are the delivered piece's own. pieces: how many were composed for it, itself among them; copies_rejected:
    those that copied a training piece; unplayable_rejected: those that nobody could play; other_patches: sampled for
    all that were not delivered.
    """

    patches: int = 0
    kept_patches: int = 0
    bars: int = 0
    bars_first_try: int = 0
    voices_rejected: int = 0
    bars_rejected: int = 0
    bars_repaired: int = 0
    endings_rejected: int = 0
    ending_patches: int = 0
    held_back: int = 0
    bars_said_again: int = 0
    bars_given: int = 0
    pieces: int = 1
    copies_rejected: int = 0
    unplayable_rejected: int = 0
    other_patches: int = 0

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def plus(self, other: "Counts") -> "Counts":
        """What both took together; of one piece, however many parts of it they are."""
        added = {name: value + getattr(other, name) for name, value in self.to_json().items()}
        return Counts(**added | {"pieces": max(self.pieces, other.pieces)})


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A finished piece, judged.

    tune: complete rests, no countdown; abc: the text that is delivered; title and credit as printed on the score;
    timings in seconds by name; choice: what the critic said about it and the other candidates; card: all that was
    measured about it; plan: its form; sampling: what it was sampled with, which is without guidance if the network
    cannot be guided.
    """

    tune: Tune
    abc: str
    title: str
    credit: str
    counts: Counts
    timings: Mapping[str, float]
    choice: Choice
    card: ReportCard
    plan: Plan
    sampling: Sampling
