"""How far a network's pieces may believe their own earlier bars, learnt from pieces that people wrote.

`guard/recall.py` says what a piece would go on with if it said again what it has said before. Here every character
of some pieces is asked whether it did; a logistic regression from the lengths of the passages and the network's own
opinion to that answer gives the numbers of a `Trust`. Which of several expected characters is asked about depends
on these numbers, so they are learnt in rounds.

Promises: repeatable. Not covered: a style's own way of repeating itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray

from generator.guard.recall import Passages, Recall, Trust
from generator.model.network import Network
from generator.model.patches import EOS, decode_patch
from generator.model.sampling import LEAST_LIKELY
from generator.training.corpus import Patches, Row
from generator.training.held_out import WINDOW_PATCHES, held_out_lessons
from generator.training.lessons import Lesson, stack_lessons

FIRST_TRUST = Trust(
    voice=(-0.7, 0.6), steps=(-0.7, 0.6), score=(-1.7, 0.8), tie=2.0, network=1.0, longest=0.0, beside_tie=0.0
)
NUMBERS = 10  # in a trust
OPINION = 7  # the place of `network` among them
ROUNDS = 3  # the numbers swing a little for ever, what they save no longer does
FIT_STEPS, SMALLEST_STEP = 50, 1e-6
RIDGE = 1e-3  # keeps the regression from running away where every expectation comes true
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """A character for which something was expected: which one came, its log probability, those of the expected."""

    came: int
    log_probability: float
    expected: Mapping[int, Passages]
    log_probabilities: Mapping[int, float]


@dataclass(frozen=True)
class Answers:
    """What became of the best founded expectation of each question, one place of the arrays for each.

    inputs (places, 10): in the order of a `Trust`'s numbers; expected, came: the network's log probabilities; hit:
    whether they are of the same character.
    """

    inputs: Numbers
    expected: Numbers
    came: Numbers
    hit: NDArray[np.bool_]


def answers(questions: Sequence[Question], trust: Trust) -> Answers:
    """Ask for the character that `trust` finds best founded."""
    chosen = [max(one.expected, key=lambda char: trust.evidence(one.expected[char])) for one in questions]
    expected = np.array([one.log_probabilities[char] for one, char in zip(questions, chosen, strict=True)])
    lengths = np.array([one.expected[char] for one, char in zip(questions, chosen, strict=True)], dtype=np.float64)
    lengths, tie = np.hsplit(lengths.reshape(len(questions), len(Passages._fields)), [-1])
    there, doublings = lengths > 0, np.log2(np.maximum(lengths, 1))
    odds = log_odds(expected)
    passages = np.stack([there, doublings], axis=2).reshape(len(questions), 2 * lengths.shape[1])
    return Answers(
        np.column_stack([passages, tie, odds, odds * doublings.max(axis=1, initial=0), odds * tie[:, 0]]),
        expected,
        np.array([one.log_probability for one in questions]),
        np.array([char == one.came for one, char in zip(questions, chosen, strict=True)], dtype=np.bool_),
    )


def log_odds(log_probabilities: Numbers) -> Numbers:
    """As sampling takes them: of probabilities kept away from 0 and 1."""
    probabilities: Numbers = np.exp(log_probabilities).clip(LEAST_LIKELY, 1 - LEAST_LIKELY)
    odds: Numbers = np.log(probabilities) - np.log1p(-probabilities)
    return odds


def expected_in(window: Patches) -> Iterator[tuple[int, int, dict[int, Passages]]]:
    """Patch, place in it and what is expected there, for every character that something is expected for."""
    recall, lines, line = Recall(), list[str](), ""
    for number, patch in enumerate(window):
        text = decode_patch(patch.tolist())
        for place in range(len(text) + (EOS in patch)):
            expected = recall.expect(line, text[:place])
            if expected:
                yield number, place, expected
        line += text
        if line.endswith("\n"):
            lines.append(line)
            recall.learn(lines)
            line = ""


@torch.inference_mode()
def questions_of(network: Network, lesson: Lesson) -> list[Question]:
    """What the earlier bars of one window led to expect, and what the network thought of it."""
    window, batch = lesson.patches, stack_lessons([lesson]).to(network.char_table.device)
    _, logits = network.teacher_forced(batch.patches, batch.heard)
    log_probabilities = logits[0].float().log_softmax(-1).cpu().double().numpy()
    questions = []
    for number, place, expected in expected_in(window):
        here, came = log_probabilities[number - 1, place], int(window[number, place])
        questions.append(Question(came, float(here[came]), expected, {char: float(here[char]) for char in expected}))
    return questions


def learn_trust(
    network: Network,
    rows: Sequence[Row],
    *,
    pieces: int,
    seed: int = 1,
    home: bool = False,
    progress: Callable[[int], None] = lambda _done: None,
) -> Trust:
    """Learn from `pieces` of these rows, drawn with `seed`. home: they are read in C major or A minor."""
    chosen = Random(seed).sample(list(rows), min(pieces, len(rows)))
    questions: list[Question] = []
    for done, window in enumerate(windows_for(network, chosen, home=home), start=1):
        questions += questions_of(network, window)
        progress(done)
    trust = FIRST_TRUST
    for _ in range(ROUNDS):
        trust = fit(answers(questions, trust))
    return trust


def windows_for(network: Network, rows: Iterable[Row], *, home: bool) -> Iterator[Lesson]:
    """As many patches of each row as the network is judged by."""
    limit = min(WINDOW_PATCHES, network.shape.context_patches)
    return held_out_lessons(rows, limit=limit, home=home, hearing=bool(network.shape.heard))


def fit(asked: Answers) -> Trust:
    """Logistic regression from `inputs` to `hit`, drawn a little towards the network's own opinion.

    Newton's method, with smaller steps where a whole one would lead away.
    """
    inputs, hit = asked.inputs, asked.hit.astype(np.float64)
    opinion = np.zeros(NUMBERS)
    opinion[OPINION] = 1.0

    def cost(weights: Numbers) -> float:
        odds = inputs @ weights
        return float((np.logaddexp(0, odds) - hit * odds).sum() + RIDGE / 2 * ((weights - opinion) ** 2).sum())

    weights = opinion
    for _ in range(FIT_STEPS):
        shares = np.exp(-np.logaddexp(0, -inputs @ weights))
        slope = inputs.T @ (shares - hit) + RIDGE * (weights - opinion)
        curve = (inputs * (shares * (1 - shares))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        direction, step = np.linalg.solve(curve, slope), 1.0
        while step > SMALLEST_STEP and cost(weights - step * direction) > cost(weights):
            step /= 2
        weights = weights - step * direction
    return trust_from(weights)


def trust_from(weights: Numbers) -> Trust:
    """The numbers of a trust from their row."""
    *passages, tie, network, longest, beside_tie = (round(float(weight), 4) for weight in weights)
    voice, steps, score = zip(passages[::2], passages[1::2], strict=True)
    return Trust(
        voice=voice, steps=steps, score=score, tie=tie, network=network, longest=longest, beside_tie=beside_tie
    )


def row_of(trust: Trust) -> Numbers:
    """The numbers of a trust in the order of the inputs."""
    pairs = chain(trust.voice, trust.steps, trust.score)
    return np.array([*pairs, trust.tie, trust.network, trust.longest, trust.beside_tie])


def saved_nats(questions: Sequence[Question], trust: Trust) -> float:
    """By how much these characters are cheaper for the network with its piece's memory than alone."""
    asked = answers(questions, trust)
    odds = asked.inputs @ row_of(trust)
    # A character that was not expected keeps its share of what the expected one leaves.
    missed = asked.came - np.logaddexp(0, odds) + np.logaddexp(0, log_odds(asked.expected))
    return float((np.where(asked.hit, -np.logaddexp(0, -odds), missed) - asked.came).sum())
