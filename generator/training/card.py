"""The model card: figures of an evaluation in, Markdown out.

Promises: every figure on the card comes from the evaluation's JSON; what was not measured says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

UNMEASURED = "not measured yet"
# The network of the first comparison was trained on the held-out chorales.
CHORALES = "dcml-bach_chorales"
Figures = Mapping[str, Any]

CARD = """\
---
license: cc-by-sa-4.0
library_name: pytorch
pipeline_tag: text-generation
tags:
- music
- symbolic-music
- sheet-music
- abc-notation
- notagen
---

# Notabot

A small network that writes sheet music: interleaved ABC notation under a period / composer / instrumentation prompt,
in the format of NotaGen (16-character patches, `[r:i/n]` bar countdown, rests omitted). It ships with Notabot and runs
on a laptop.

Trained from nothing, only on scores whose licences permit it. Every source is named below.

## Intended use

Sketches, exercises, sight-reading, fun: short pieces in a style, to be read, heard, edited and shared. Notabot forces
the tune header, key, metre and number of bars, and checks every bar; without that the network's own bars are often of
unequal length (see *Validity*).

## Limits

- It is small, and its music is not as good as NotaGen-X's, which has sixty times the parameters and a
  far larger corpus.
- Styles are as strong as their sources: art song, Chopin, Bach chorales, string quartets and Polish keyboard music are
  well covered; Mozart, Beethoven, Scarlatti, Grieg and Liszt at the keyboard are thin.
- It plans a bar or two ahead. Form, thematic work and endings are weak.
- Composers, periods and instrumentations were guessed by rule for part of the corpus.
- It may repeat passages of pieces it was trained on. A piece in a composer's style is not by that composer: say so.

## Architecture

A two-level transformer with GPT-2 blocks (Wang et al., *NotaGen*, 2025): the patch level reads one vector per patch,
the character level writes the next patch character by character.

| | |
| --- | --- |
{architecture}

## Training

| | |
| --- | --- |
{training}

Muon for the matrices inside the blocks and AdamW for the rest, one cosine to zero; windows of a piece cut at its head,
its tail or a random bar; weights random at the start.

## Held-out bits per character

Over {held_out_pieces} pieces of works that were never trained on: the first 512 patches of each, prompt and `[r:i/n]`
included; a network pays for its patch ends too, but they are not counted as characters. Measured on {date} on the
weights in this folder.

| | bits per character |
| --- | ---: |
{comparison}

{groups}

The n-gram model is an interpolated Kneser-Ney {order}-gram over characters, trained on the same pieces in their
original keys; xz compresses the held-out text alone.

## Validity

{validity}

## Sources

{train_pieces} pieces were trained on. Their editors and contributors are named in these repositories, at the commits
given. Changes made: converted to interleaved ABC; titles, lyrics and bar numbers removed; transposed.

| source | licence | pieces |
| --- | --- | ---: |
{sources}

## Licence

The weights are licensed under [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/), because some of the
scores are; see `LICENSE`. The code of Notabot is under the MIT licence.
"""


def render_card(evaluation: Figures, pieces: Figures | None = None) -> str:
    """The card of the evaluated weights.

    evaluation: what `generator.training.commands.evaluate` returns, with baselines; pieces: the JSON of
    `scripts/evaluate_pieces.py`.
    """
    return CARD.format(
        architecture=table(architecture(evaluation["weights"])),
        training=table(training(evaluation.get("metadata", {}))),
        held_out_pieces=evaluation["held_out"]["overall"]["pieces"],
        date=evaluation["date"],
        comparison=table(comparison(evaluation)),
        groups=groups(evaluation["held_out"]["by_instrumentation"]),
        order=evaluation.get("ngram", {}).get("order", 6),
        validity=validity(pieces),
        train_pieces=f"{evaluation['corpus']['train']:,}",
        sources=sources(evaluation["sources"]),
    )


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Lines of a table of two columns."""
    return "\n".join(f"| {name} | {value} |" for name, value in rows)


def architecture(weights: Figures) -> list[tuple[str, str]]:
    """Sizes of the network."""
    return [
        ("patch layers", str(weights["patch_layers"])),
        ("character layers", str(weights["char_layers"])),
        ("hidden size", f"{weights['hidden']} ({weights['hidden'] // 64} heads)"),
        ("context", f"{weights['context_patches']} patches of 16 characters"),
        ("parameters", f"{weights['parameters']:,}"),
        ("file", f"`{weights['file']}`, {weights['bytes'] / 1e6:.1f} MB"),
    ]


def training(metadata: Figures) -> list[tuple[str, str]]:
    """The story of the training, as the weights tell it."""
    seconds = float(metadata.get("seconds", 0))
    return [
        ("time", f"{seconds / 3600:.2f} hours" if seconds else UNMEASURED),
        ("hardware", metadata.get("hardware") or UNMEASURED),
        ("steps", number(metadata.get("steps"))),
        ("characters seen", number(metadata.get("characters"))),
        ("windows left in their original key", percent(metadata.get("original_key_share"))),
        ("seed", number(metadata.get("seed"))),
        ("exported", metadata.get("date", UNMEASURED)),
    ]


def comparison(evaluation: Figures) -> list[tuple[str, str]]:
    """The network, other networks, and what needs no network."""
    held_out = evaluation["held_out"]
    rows = [("**these weights**", f"**{bits(held_out['overall'])}**")]
    if CHORALES in held_out["by_corpus"] and evaluation.get("compared"):
        rows.append(("these weights, without the Bach chorales", without_chorales(held_out)))
    for name, scores in evaluation.get("compared", {}).items():
        rows.append((name, bits(scores["overall"])))
        if CHORALES in scores["by_corpus"]:
            rows.append((f"{name}, without the Bach chorales", without_chorales(scores)))
    order = evaluation.get("ngram", {}).get("order", 6)
    return [
        *rows,
        (f"character {order}-gram", bits(evaluation.get("ngram"))),
        ("xz", bits(evaluation.get("xz"))),
        ("untrained network of the same size", bits(evaluation.get("untrained"))),
    ]


def without_chorales(scores: Figures) -> str:
    """Bits per character over the other corpora."""
    others = [group for name, group in scores["by_corpus"].items() if name != CHORALES]
    characters = sum(group["characters"] for group in others)
    return f"{sum(group['bits_per_character'] * group['characters'] for group in others) / characters:.3f}"


def groups(scores: Figures) -> str:
    """A table by instrumentation."""
    lines = [
        f"| {name} | {group['pieces']} | {group['characters']:,} | {bits(group)} |" for name, group in scores.items()
    ]
    head = ["| instrumentation | pieces | characters | bits per character |", "| --- | ---: | ---: | ---: |"]
    return "\n".join(head + lines)


def validity(pieces: Figures | None) -> str:
    """What many composed pieces were like, one column for each temperature."""
    if pieces is None:
        return f"Composed pieces: {UNMEASURED}."
    columns = pieces["temperatures"]
    rows: list[tuple[str, str, Callable[[Any], str]]] = [
        ("pieces", "pieces", number),
        ("styles", "styles", number),
        ("bars", "bars", number),
        ("bars right at the first try", "bars_first_try", percent),
        ("bars completed by rule", "bars_repaired", percent),
        ("patches sampled for each that was kept", "patches_per_kept_patch", str),
        ("pieces with all bars aligned", "aligned", percent),
        ("the same according to abctoolkit, of those it can read", "aligned_abctoolkit", percent),
        ("pieces rendered in all formats", "rendered", percent),
        ("empty pieces", "empty", number),
        ("pieces over their bar count", "over_bar_count", number),
    ]
    lines = [f"| temperature | {' | '.join(columns)} |", "| --- |" + " ---: |" * len(columns)]
    for name, key, show in rows:
        lines.append(f"| {name} | {' | '.join(show(column[key]) for column in columns.values())} |")
    return (
        f"Composed with Notabot's checks (a wrong bar is taken back and written again), top-k 9, top-p 0.9, seeds from "
        f"{pieces['seed']} on, {pieces['date']}:\n\n" + "\n".join(lines)
    )


def sources(rows: Sequence[Sequence[Any]]) -> str:
    """A line for each source and licence."""
    return "\n".join(f"| {link(source)} | {licence} | {count:,} |" for source, licence, count in rows)


def link(source: str) -> str:
    """The repository at its commit: "owner/name@commit" → a link."""
    name, _, commit = source.partition("@")
    return f"[{source}](https://github.com/{name}/tree/{commit})" if commit and "/" in name else source


def bits(group: Figures | None) -> str:
    """Bits per character with three decimals."""
    return UNMEASURED if group is None else f"{group['bits_per_character']:.3f}"


def number(value: Any) -> str:
    """A whole number with separators."""
    return UNMEASURED if value is None else f"{int(value):,}"


def percent(value: Any) -> str:
    """A share in percent."""
    return UNMEASURED if value is None else f"{100 * float(value):.1f} %"
