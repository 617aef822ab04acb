"""One candidate on its way through the composer.

Not covered: who goes first and what is delivered (`composer.py`), the music itself (`draft.py`).
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from generator.finishing.delivery import finish_tune
from generator.guard.reach import Reach
from generator.guard.recall import Trust
from generator.hearing.numbers import NOTHING
from generator.model.engine import Engine
from generator.model.patches import BLANK_PROMPT, BOS_PATCH, FILL_PROMPT, encode_body_line
from generator.model.sampling_settings import Hint
from generator.model.slot import Guide, Patch
from generator.notation import Bar, Header, Tune, parse_header, parse_tune, strip_countdown
from generator.notation.keys import read_key_field
from generator.notation.transpose import way_home
from generator.planning.again import with_barlines
from generator.planning.chords import Tonality
from generator.planning.drawing import draw_plan, habits_of, quiet_plan
from generator.planning.spans import Wishes
from generator.request import Request
from generator.writing.draft import Draft, header_patches
from generator.writing.following import cost_behind
from generator.writing.given import NOTHING_GIVEN, Given
from generator.writing.rules import rules_for

STRICT_STYLE = "Choral"  # no parallel fifths between any two voices
SONG = "Art Song"
MINOR_MODES = ("min", "aeo", "dor", "phr")
log = logging.getLogger(__name__)


class Watch:
    """What a request hears of its candidates.

    news: `None` for every bar that one of them has finished, and what went wrong.
    """

    def __init__(self) -> None:
        self.news: asyncio.Queue[Exception | None] = asyncio.Queue()
        self.started_s: float | None = None

    def start(self) -> None:
        """The first candidate gets its slot: from here on time counts."""
        if self.started_s is None:
            self.started_s = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        return 0.0 if self.started_s is None else time.monotonic() - self.started_s


class Candidate:
    """One candidate on its way through the composer, as the task that owns the device sees it.

    request: its seed is this candidate's own. watch: who hears of it; all candidates of a request share one. at_home:
    the network writes it in C major or A minor, whatever the key of the header lines, and it is moved to that key when
    it is finished. prompted: the network was taught prompts of period, composer and instruments; others read none.
    given: what stands already, as the network reads it. header: as the network reads it. following_nats: what the bars
    that follow cost behind those that were written, None as long as nobody has looked.
    """

    def __init__(
        self,
        request: Request,
        header_lines: Sequence[str],
        watch: Watch,
        *,
        at_home: bool = False,
        prompted: bool = True,
        given: Given = NOTHING_GIVEN,
    ) -> None:
        self.request, self.watch, self.prompted, self.given = request, watch, prompted, given
        style = request.style
        habits = habits_of(style.composer, style.instrumentation)
        self.plan = (
            quiet_plan(request.bars)
            if given.quiet
            else draw_plan(request.form, bars=request.bars, habits=habits, seed=request.seed)
        )
        self.way_home = way_home("\n".join(header_lines)) if at_home else None
        if self.way_home is not None:
            header_lines = self.way_home.apply("\n".join(header_lines)).split("\n")
        self.header: Header = parse_header(header_lines)
        self.draft: Draft | None = None
        self.cancelled = False
        self.failure: Exception | None = None
        self.following_nats: float | None = None
        self.opening_without_shown: list[Patch] | None = None  # None where nothing is read first
        self._bars_told = given.bars_given

    @property
    def is_writing(self) -> bool:
        """Whether the next step is to write a patch of this piece."""
        return self.draft is not None and not (self.cancelled or self.failure or self.draft.done)

    @property
    def bars_to_write(self) -> int:
        """How many bars it will have told of when it is finished."""
        end = self.request.bars if self.given.stop is None else self.given.stop
        return end - self.given.bars_given

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What goes wrong in here is this piece's own trouble; the others in the batch go on."""
        try:
            yield
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Give this piece up."""
        log.error("a piece failed", exc_info=error)
        self.failure = error

    def open(self, engine: Engine, *, tries_per_bar: int, clash_share: float = 1.0, trust: Trust | None = None) -> None:
        """Take a slot and let the model read prompt and tune header."""
        request = self.request
        prompt = [line.rstrip("\n") for line in request.style.prompt_lines] if self.prompted else []
        if self.way_home is not None:
            prompt.append(self.way_home.prompt)
        shown = [patch for bar in self.given.shown for patch in encode_body_line(f"{bar}\n")]
        if shown:
            self.opening_without_shown = [BOS_PATCH, *header_patches([*prompt, *self.header.lines])]
            prompt.append(FILL_PROMPT)
        patches = [BOS_PATCH, *header_patches([*prompt, *self.header.lines]), *shown]
        wishes = self._wishes()
        rules = rules_for(  # the plan says in which keys a piece is, and a key for some of the voices is none
            self.header,
            bars=request.bars,
            key_asked=request.key_wanted is not None or wishes is not None,
            tempo_asked=request.tempo is not None,
            all_sing=request.style.instrumentation == STRICT_STYLE,
            is_song=request.style.instrumentation == SONG,
            all_named=bool(request.players),
        )
        guide = guide_away_from(prompt) if self.prompted else None
        slot = engine.open_slot(patches, sampling=request.sampling, seed=request.seed, guide=guide)
        self.draft = Draft(
            engine,
            slot,
            self.header,
            bars=request.bars,
            rules=rules,
            tries_per_bar=tries_per_bar,
            clash_share=clash_share,
            trust=trust,
            reach=Reach(self.header, shift=self.way_home.back.semitones if self.way_home else 0),
            wishes=wishes,
            strict=request.style.instrumentation == STRICT_STYLE,
            given=self.given.stays,
            stop=self.given.stop,
        )

    def _wishes(self) -> Wishes | None:
        """The plan, and the chords of its cadences; none for a piece without a key."""
        key_field = read_key_field(self.header.key)
        key = key_field.key if key_field else None
        if key is None:
            return None
        tonality = Tonality(tonic=key.pitch_class, is_minor=key.mode in MINOR_MODES)
        moved = 0 if self.way_home is None else self.way_home.semitones
        return Wishes(plan=self.plan, tonality=tonality, progression=self.request.chords, moved=moved)

    def allows(self, written: bytes, char: int) -> bool:
        """What the draft's guard says; after a failure anything."""
        try:
            return self.draft is None or self.draft.leave.allows(written, char)
        except Exception as error:
            self._fail(error)
            return True

    def hint(self, written: bytes) -> Hint | None:
        """What the draft's guard expects; after a failure nothing."""
        try:
            return None if self.draft is None or self.failure else self.draft.leave.hint(written)
        except Exception as error:
            self._fail(error)
            return None

    def hears(self, written: bytes) -> bytes:
        """What the draft's guard hears; after a failure nothing."""
        try:
            return NOTHING if self.draft is None or self.failure else self.draft.leave.hears(written)
        except Exception as error:
            self._fail(error)
            return NOTHING

    def held_back(self, chances: Mapping[int, float]) -> None:
        """The draft's guard hears of it."""
        if self.draft is not None:
            self.draft.leave.held_back(chances)

    def take(self, patch: Patch) -> None:
        """Take in a sampled patch, unless the piece has failed while it was sampled."""
        if self.draft is not None and self.failure is None:
            with self.apart():
                self.draft.take(patch)
                if self.draft.done and self.given.follows:
                    self.following_nats = cost_behind(
                        self.draft, self.given.follows, opening=self.opening_without_shown
                    )

    def tell(self) -> None:
        """Report the bars that were finished since the last time, each once, and a failure."""
        bars = len(self.draft.bars) if self.draft else 0
        for _ in range(self._bars_told, bars):
            self.watch.news.put_nowait(None)
        self._bars_told = max(self._bars_told, bars)
        if self.failure is not None:
            self.watch.news.put_nowait(self.failure)

    def close(self) -> None:
        """Give the slot back."""
        if self.draft is not None:
            self.draft.engine.close(self.draft.slot)

    @property
    def written(self) -> tuple[Bar, ...]:
        """All bars as they were written, behind those that were given with the barlines that the plan wants."""
        assert self.draft is not None
        self.plan = self.draft.wishes.plan if self.draft.wishes else self.plan
        given = self.given.bars_given
        return (*self.draft.bars[:given], *with_barlines(self.draft.bars, self.plan.barlines)[given:])

    @cached_property
    def tune(self) -> Tune:
        """The finished piece as it is delivered."""
        tune = strip_countdown(Tune(header=self.header, bars=self.written))
        if self.way_home is not None:
            tune = parse_tune(self.way_home.back.apply(str(tune)))
        return finish_tune(tune.header, tune.bars)


def guide_away_from(prompt: Sequence[str]) -> Guide:
    """What guidance leads away from: the prompt (lines without line ends) that names neither period nor composer."""
    unnamed = header_patches([BLANK_PROMPT, BLANK_PROMPT, *prompt[2:]])
    return Guide((BOS_PATCH, *unnamed), replaced=1 + len(header_patches(prompt)))
