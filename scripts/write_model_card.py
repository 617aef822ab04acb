#!/usr/bin/env python
"""Write the model card of the weights that ship from the JSON of their evaluation.

scripts/write_model_card.py evaluation.json [--pieces pieces.json] [--out generator/weights/README.md]
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from generator.training.card import render_card

CARD = Path("generator/weights/README.md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "evaluation", type=Path, help="from `notabot evaluate` or `python -m generator.training evaluate`"
    )
    parser.add_argument("--pieces", type=Path, help="from scripts/evaluate_pieces.py")
    parser.add_argument("--out", type=Path, default=CARD)
    given = parser.parse_args()
    pieces = None if given.pieces is None else json.loads(given.pieces.read_text(encoding="utf-8"))
    card = render_card(json.loads(given.evaluation.read_text(encoding="utf-8")), pieces)
    given.out.write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
