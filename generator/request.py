"""What is asked of the composer, and what it tells while and after it works."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from generator.catalogue.style import Style
from generator.critic.card import ReportCard
from generator.critic.choice import Choice
from generator.errors import BadRequest
from generator.model.sampling_settings import Sampling
from generator.notation import Tune

MAX_BARS = 256
MAX_CANDIDATES = 16
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class Request:
    """One piece to compose. What is None is drawn from real pieces of the style.

    key: as in ABC ("Amin", "Bb"); metre: "3/4"; tempo: quarter notes a minute; bars: 1 to 256.
    candidates: how many pieces are composed, 1 to 16, of which the one that the critic likes best is delivered; the
    first has the seed itself. None: as many as the composer's settings say.
    Raises BadRequest for values outside what is possible.
    """

    style: Style
    seed: int
    bars: int = 16
    key: str | None = None
    metre: str | None = None
    tempo: int | None = None
    sampling: Sampling = field(default_factory=Sampling)
    candidates: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= MAX_BARS:
            raise BadRequest(reason="bars", high=MAX_BARS, value=self.bars)
        if self.candidates is not None and not 1 <= self.candidates <= MAX_CANDIDATES:
            raise BadRequest(reason="candidates", high=MAX_CANDIDATES, value=self.candidates)
        if not 0 <= self.seed <= MAX_SEED:
            raise BadRequest(reason="seed")


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


@dataclass
class Counts:
    """The work a piece took.

    patches: all that were sampled, thrown away ones included; kept_patches: those of the piece's music.
    bars_first_try: bars with nothing thrown away; voices_rejected: single voices sampled again; bars_rejected: bars
    begun anew; bars_repaired: bars that stayed wrong and were completed or cut by rule; held_back: characters that the
    guard drew again; endings_rejected: versions of the last bars that were drawn again for a better cadence;
    ending_patches: those of their music. Repair took patches / (kept_patches + ending_patches) times what was needed.
    All these are the delivered piece's own. pieces: how many were composed for it, itself among them; copies_rejected:
    those that copied a training piece; other_patches: sampled for all that were not delivered.
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
    pieces: int = 1
    copies_rejected: int = 0
    other_patches: int = 0

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A finished piece, judged.

    tune: complete rests, no countdown; abc: the text that is delivered; title and credit as printed on the score;
    timings in seconds by name; choice: what the critic said about it and the other candidates; card: all that was
    measured about it; sampling: what it was drawn with, which is without guidance if the network cannot be guided.
    """

    tune: Tune
    abc: str
    title: str
    credit: str
    counts: Counts
    timings: Mapping[str, float]
    choice: Choice
    card: ReportCard
    sampling: Sampling
