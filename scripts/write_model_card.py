#!/usr/bin/env python
"""Write the model card of the weights that ship from the figures of their evaluation, without measuring anything.

scripts/write_model_card.py figures.json [--out generator/weights/README.md]

`notabot evaluate` writes both; this is for a card whose words have changed.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from generator.evaluation.card import render_card

CARD = Path("generator/weights/README.md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="the --out of `notabot evaluate`")
    parser.add_argument("--out", type=Path, default=CARD)
    given = parser.parse_args()
    card = render_card(json.loads(given.figures.read_text(encoding="utf-8")))
    given.out.write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
