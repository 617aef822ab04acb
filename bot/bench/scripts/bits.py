"""What the model that ships pays for human pieces that it was not taught: CORPUS, PIECES, PRECISION.

The first pieces of the held-out ones, each up to 512 patches, through the engine, with what is heard.
"""

import json
import math
import sys
from itertools import islice
from pathlib import Path

from generator.composer import SHIPPED_WEIGHTS
from generator.model.checkpoint import load_network
from generator.model.engine import Engine
from generator.model.patches import PAD
from generator.model.sampling import Sampling
from generator.training.corpus import load_corpus
from generator.training.held_out import held_out_lessons


def main(corpus: Path, pieces: int, precision: str) -> None:
    """Print bits and characters."""
    network = load_network(SHIPPED_WEIGHTS, device="cpu")
    engine = Engine(network, slots=1, precision=precision, threads=1)
    nats, characters = 0.0, 0
    for lesson in islice(held_out_lessons(load_corpus(corpus).held_out, hearing=bool(network.shape.heard)), pieces):
        first, *others = lesson.patches.tolist()
        heard = [] if lesson.heard is None else [rows.tobytes() for rows in lesson.heard[1:]]
        slot = engine.open_slot([first], sampling=Sampling(), seed=0)
        nats += engine.cost(slot, others, heard)
        engine.close(slot)
        characters += sum(char != PAD for patch in others for char in patch)
    print(json.dumps({"bits": nats / math.log(2) / characters, "characters": characters}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
