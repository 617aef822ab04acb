"""What a training run is to do: a plan that checks itself, and can be printed, written down and read again.

Width against depth, at about 11 million parameters, one character layer, batches of 1280 patches, one CPU thread, one
run each: after ten minutes 12 layers of 256 stood at 1.86 held-out bits per character (60 pieces), 5 of 384 at 1.93, 21
of 192 at 2.08. After the same 4.2 million characters they stood at 1.86, 1.75 and 1.98, for which the wide one took 1.4
times and the narrow one 1.3 times as long. So 256 is for processors; where width costs less, as on a GPU, wider may be
better.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from generator.hearing.numbers import NUMBERS
from generator.model.network import HEAD_WIDTH, Shape
from generator.training.errors import PlanError

SHARES = (
    "home_key_share",
    "original_key_share",
    "unnamed_share",
    "style_balance",
    "focus_share",
    "fill_share",
    "cooldown_share",
)
SIZES = ("patch_layers", "char_layers", "hidden", "context_patches")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The defaults train a small network from nothing; what the weights that ship were given stands in their card.

    budget_s: seconds of training, evaluation not counted; budget_steps: if not 0, the run is that many steps long
    instead, which makes it repeatable. batch_patches: patches in one step of the optimiser, padding included.
    home_key_share: share of the windows moved to the signature without sharps and flats; original_key_share: share of
    the others left in the key they were written in. unnamed_share: share of the windows
    whose prompt does not say who composed them (`windows.py`). pool_pieces: so many pieces are drawn together and their
    windows sorted by length. style_balance: 0 draws every piece equally often, 1 every style, 0.5 in between
    (`balance.py`). focus_share: if not 0, the share of the draws that comes from the focus_styles best covered styles
    whose composer is known: how a run turns from all music to what it will be asked for. keep_best: keep the network
    that did best on the held-out pieces as well.
    hearing: the character level is told what sounds (`generator.hearing`). memory: what the piece's own earlier bars
    lead to expect is mixed into the loss, as it is when a piece is composed. fill_share: share of the windows with a
    gap to be filled in (`lessons.py`). weight_decay: of the matrices, at the peak rate. average_steps: if not 0, the
    weights are averaged over about so many steps, and these are what is judged and exported. patch_level_learns: False
    leaves the patch level as it is: a step takes two thirds of the time, and ears learn while nothing is forgotten.
    cooldown_share: if not 0, the rate stays at its peak and falls to zero in this last share of the budget, so that a
    run can be prolonged as often as one likes and cooled down from any checkpoint; 0: half a cosine over the whole.
    Raises PlanError for values outside what is possible.
    """

    patch_layers: int = 8
    char_layers: int = 1
    hidden: int = 256
    context_patches: int = 512
    budget_s: float = 7200.0
    batch_patches: int = 1280
    peak_rate: float = 2e-3
    warmup_steps: int = 100
    home_key_share: float = 0.0
    original_key_share: float = 0.6
    unnamed_share: float = 0.0
    evaluate_every_s: float = 600.0
    save_every_s: float = 120.0
    evaluated_pieces: int = 60
    seed: int = 1
    bf16: bool = True
    budget_steps: int = 0
    pool_pieces: int = 128
    style_balance: float = 0.0
    focus_share: float = 0.0
    focus_styles: int = 30
    keep_best: bool = False
    hearing: bool = False
    memory: bool = False
    fill_share: float = 0.0
    weight_decay: float = 0.1
    average_steps: int = 0
    patch_level_learns: bool = True
    cooldown_share: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name), type(field.default))
        for name in (*SIZES, "batch_patches", "warmup_steps", "evaluated_pieces", "pool_pieces", "focus_styles"):
            _demand(getattr(self, name) >= 1, name, "at least 1")
        for name in ("budget_s", "evaluate_every_s", "save_every_s"):
            _demand(getattr(self, name) > 0, name, "more than 0 seconds")
        for name in ("budget_steps", "seed", "average_steps", "weight_decay"):
            _demand(getattr(self, name) >= 0, name, "0 or more")
        _demand(self.hidden % HEAD_WIDTH == 0, "hidden", f"a multiple of {HEAD_WIDTH}")
        _demand(0 < self.peak_rate <= 1, "peak_rate", "above 0 and at most 1")
        for name in SHARES:
            _demand(0 <= getattr(self, name) <= 1, name, "from 0 to 1")

    def __str__(self) -> str:
        return "\n".join(f"{field.name:<20}{getattr(self, field.name)}" for field in fields(self))

    @property
    def shape(self) -> Shape:
        """The sizes of the network."""
        heard = NUMBERS if self.hearing else 0
        return Shape(self.patch_layers, self.char_layers, self.hidden, self.context_patches, heard)

    def changed(self, options: Mapping[str, Any]) -> "Plan":
        """The plan with other values; an option that is None stays as it is.

        Raises PlanError for names that a plan does not have.
        """
        _check_names(options)
        return replace(self, **{name: value for name, value in options.items() if value is not None})

    def save(self, path: Path) -> None:
        """Write the plan as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def load_plan(path: Path) -> Plan:
    """A plan from a .json or .toml file; what it leaves out has its default. Raises PlanError."""
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise PlanError(reason="unreadable", path=path, why=error) from error
    if not isinstance(values, dict):
        raise PlanError(reason="no_table", path=path)
    return Plan().changed(values)


def _check_names(options: Mapping[str, Any]) -> None:
    known = [field.name for field in fields(Plan)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise PlanError(reason="no_such_value", names=", ".join(unknown), known=", ".join(known))


def _check_type(name: str, value: object, kind: type) -> None:
    # True is an int to Python, but nobody means it as a number of layers.
    allowed = (int, float) if kind is float else kind
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind is not bool):
        raise PlanError(reason="wrong_kind", name=name, kind=kind.__name__, value=repr(value))


def _demand(holds: bool, name: str, limits: str) -> None:
    if not holds:
        raise PlanError(reason="outside", name=name, limits=limits)
