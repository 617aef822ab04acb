"""The model card: the figures of an evaluation in, Markdown out.

Promises: every figure on the card comes from the evaluation's JSON; what was not measured says so.
"""

from collections.abc import Sequence
from typing import Any

from generator.evaluation.card_numbers import UNMEASURED, Figures, number, percent
from generator.evaluation.card_table import CHORALES, evaluation

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

Trained only on scores whose licences permit it. Every source is named below.

## Intended use

Sketches, exercises, sight-reading, fun: short pieces in a style, to be read, heard, edited and shared. Notabot forces
the tune header, key, metre and number of bars, and checks every bar. The network writes in C major or A minor, under a
fourth line of the prompt that says how many semitones too high (`%+4`); Notabot moves the piece to its key.

## Limits

- It is small, and its music is not as good as NotaGen-X's, which has a far larger network and corpus.
- Styles are as strong as their sources: art song, Chopin, Bach, string quartets and Polish keyboard music are well
  covered; Mozart and Beethoven at the keyboard have a few dozen pieces, Scarlatti, Grieg and Liszt hardly any.
- It plans a bar or two ahead. The form of a piece is a plan that Notabot makes and follows; thematic work is weak.
- Composers, periods and instrumentations were guessed by rule for part of the corpus.
- It may repeat passages of pieces it was trained on; Notabot composes again what shares too much. A piece in a
  composer's style is not by that composer: say so.

## Architecture

A two-level transformer with GPT-2 blocks (Wang et al., *NotaGen*, 2025): the patch level reads one vector per patch,
the character level writes the next patch character by character. Beside NotaGen's, the character level hears: for each
character it is told which pitch classes of the finished voices sound at that moment and the lowest of them, its own
last note, the place in the bar and in the phrase, and what stood here one, two, four and eight bars ago.

| | |
| --- | --- |
{architecture}

## Training

| | |
| --- | --- |
{training}

Muon for the matrices inside the blocks and AdamW for the rest, one cosine to zero; windows of a piece cut at its head,
its tail or a random bar.

## Evaluation

{introduction}

| | Notabot | human pieces | must hold |
| --- | ---: | ---: | --- |
{evaluation}

{notes}

{samples}

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

# What a run tells of its windows, in words.
SHARES = {
    "home_key_share": "windows moved to C major or A minor",
    "original_key_share": "windows left in their original key, of the others",
    "unnamed_share": "windows whose prompt does not name the composer",
    "focus_share": "windows from the best covered styles",
}

INTRODUCTION = """\
Measured by `notabot evaluate` on {date} on `{file}` (SHA-256 {sha256}), over {pieces} pieces of {styles} styles,
the best covered ones, with 8, 16 and 24 bars in turn, seeds from {seed} on, {candidates}, in {precision},
at the temperature, top-k, top-p and guidance that ship. {held_out} human pieces were held out by work and never
trained on; of longer ones the first 8, 16 or 24 bars count. In brackets stand 95 % intervals, found by drawing pieces
or works again."""

NOTES = """\
{versions}- *Bits per character*: over the first 512 patches of every held-out piece, prompt and `[r:i/n]` included; a
  network pays for its patch ends too, but they are not counted as characters. *Remembering*: what the piece went on
  with where its last characters stood before has the probability that it had in training pieces. The {order}-gram is
  interpolated Kneser-Ney over characters and knows the training pieces in their original keys; xz compresses the
  held-out text alone.{chorales}
- *Fréchet distance* (squared): between two sets of pieces, over the {features} features of the critic, in spreads of
  human training pieces. The first is to human training pieces of the same styles and lengths; beside it stands how far
  other human pieces lie from those by chance alone, and human pieces whose bars are shuffled. The second is to all
  held-out pieces, whose styles are others.
- *Period* and *composer*: how often a support vector machine that has learnt {period_labels} periods and
  {composer_labels} composers from the notes of human training pieces (not from key, tempo or instrument names) names
  them rightly. Always naming the commonest period would get {commonest_period} of the held-out pieces, the commonest
  composer {commonest_composer}. "As the same styles": human training pieces of our styles, each heard by a machine
  that knows nothing of its work. The guidance that ships was chosen with the help of this machine, on other seeds.
- *What chooses* among candidates shares something with what judges here. It asks how near a piece is to human pieces
  in the critic's features, whether people more than these weights write so (learnt from pieces with other seeds), and,
  from successions of notes, lengths and chords, in whose manner it is. The first two are about the features of the
  first two lines of *near human music*: these say how well the choice succeeds. The machine that hears period and
  composer knows the features too, and histograms that no chooser sees; it and the sense for manners learnt from the
  same human training pieces, none from those held out.
- *Longest run shared*: of melody notes, at any pitch and tempo, with any training piece. A piece copies if it shares
  more than the 99th percentile of human pieces of its style share among themselves.
- *Distance of two pieces of a style* is in spreads a feature; *seven-note runs* are melodic, at any pitch.
- NotaGen was trained on from its own pieces by CLaMP-DPO: of two, the one is preferred that CLaMP 2 hears as nearer to
  human music of the style. Nothing of the kind was done here, and CLaMP's score is not in the table. In its place stand
  the critic, which picks among candidates, and, as judges, Fréchet distance, period and composer.
- What musicians listen and look for (cadences, themes that return, parallels, print) is counted by
  `notabot evaluate music`; its figures stand in `docs/FIGURES.md`."""


def render_card(figures: Figures) -> str:
    """The card of the evaluated weights. figures: what `notabot evaluate` writes."""
    return CARD.format(
        architecture=table(architecture(figures["weights"])),
        training=table(training(figures.get("metadata", {}))),
        introduction=introduction(figures),
        evaluation=table(evaluation(figures)),
        notes=notes(figures),
        samples=samples(figures.get("samples", ())),
        train_pieces=f"{figures['corpus']['train']:,}",
        sources=sources(figures["sources"]),
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """The lines of a table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


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
        ("began with", metadata.get("start") or "random weights"),
        ("time", f"{seconds / 3600:.2f} hours" if seconds else UNMEASURED),
        ("hardware", metadata.get("hardware") or UNMEASURED),
        ("steps", number(metadata.get("steps"))),
        ("characters seen", number(metadata.get("characters"))),
        *((words, percent(metadata[name])) for name, words in SHARES.items() if float(metadata.get(name, 0))),
        ("seed", number(metadata.get("seed"))),
        ("exported", metadata.get("date", UNMEASURED)),
        *([("how it went", metadata["story"])] if metadata.get("story") else []),
    ]


def introduction(figures: Figures) -> str:
    """What was measured, when and on what."""
    plan = figures["plan"]
    candidates = plan["candidates"]
    return INTRODUCTION.format(
        date=figures["date"],
        file=figures["weights"]["file"],
        sha256=f"`{figures['weights']['sha256'][:16]}…`",
        pieces=plan["pieces"],
        styles=len(figures["styles"]),
        seed=plan["seed"],
        candidates="one candidate for each" if candidates == 1 else f"the best liked of {candidates} candidates each",
        held_out=figures["held_out"]["overall"]["pieces"],
        precision=figures["device"]["precision"],
    )


def notes(figures: Figures) -> str:
    """What stands behind the rows."""
    classifiers = figures["classifiers"]

    def of(key: str, name: str) -> Any:
        return (classifiers.get(key) or {}).get(name)

    chorales = (
        "\n  One of the networks beside it was trained on the Bach chorales: hence the rows without them."
        if figures.get("compared") and CHORALES in figures["held_out"]["by_corpus"]
        else ""
    )
    return NOTES.format(
        versions=versions(figures["borrowing"].get("held_out")),
        order=figures.get("ngram", {}).get("order", 6),
        chorales=chorales,
        features=figures["features"]["count"],
        period_labels=len(of("period", "labels") or ()),
        composer_labels=len(of("composer", "labels") or ()),
        commonest_period=percent(of("period", "commonest")),
        commonest_composer=percent(of("composer", "commonest")),
    )


def versions(borrowed: Figures | None) -> str:
    """What is known about held-out pieces that are not as new as their names."""
    if borrowed is None or not borrowed["copies"]:
        return ""
    count = f"{borrowed['copies']} of {borrowed['pieces']} pieces"
    return (
        f"- *Held out*: by the works that the corpus names. {count} share more with a training\n"
        "  piece than their style allows (*pieces that copy*), among them versions of it under another name. They\n"
        "  flatter the bits per character and the composer's accuracy on human pieces a little.\n"
    )


def samples(made: Sequence[Figures]) -> str:
    """Links to pieces that a person can open."""
    if not made:
        return ""
    lines = [
        "Samples, chosen by the critic alone, the best and the worst of all pieces above:",
        "",
        "| | style, bars, seed | critic's liking | files |",
        "| --- | --- | ---: | --- |",
    ]
    for one in made:
        files = " · ".join(f"[{name.rpartition('.')[2]}](samples/{name})" for name in one["files"])
        what = f"{one['style']}, {one['bars']}, {one['seed']}"
        lines.append(f"| {one['rank']} | {what} | {one['liking']:.2f} | {files} |")
    return "\n".join(lines)


def sources(rows: Sequence[Sequence[Any]]) -> str:
    """A line for each source and licence."""
    return "\n".join(f"| {link(source)} | {licence} | {count:,} |" for source, licence, count in rows)


def link(source: str) -> str:
    """The repository at its commit: "owner/name@commit" → a link."""
    name, _, commit = source.partition("@")
    return f"[{source}](https://github.com/{name}/tree/{commit})" if commit and "/" in name else source
