"""The model card: the figures of an evaluation in, Markdown out.

Promises: every figure on the card comes from the evaluation's JSON; what was not measured says so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

UNMEASURED = "not measured"
# The network of the first comparison was trained on the held-out chorales.
CHORALES = "dcml-bach_chorales"
Figures = Mapping[str, Any]
Row = tuple[str, str, str, str]  # what, Notabot, human pieces, what must hold

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
the tune header, key, metre and number of bars, and checks every bar.

## Limits

- It is small, and its music is not as good as NotaGen-X's, which has a far larger network and corpus.
- Styles are as strong as their sources: art song, Chopin, Bach chorales, string quartets and Polish keyboard music are
  well covered; Mozart, Beethoven, Scarlatti, Grieg and Liszt at the keyboard are thin.
- It plans a bar or two ahead. Form and thematic work are weak.
- Composers, periods and instrumentations were guessed by rule for part of the corpus.
- It may repeat passages of pieces it was trained on; Notabot composes again what shares too much. A piece in a
  composer's style is not by that composer: say so.

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

INTRODUCTION = """\
Measured by `notabot evaluate` on {date} on `{file}` (SHA-256 {sha256}), over {pieces} pieces of {styles} styles,
the best covered ones, with 8, 16 and 24 bars in turn, seeds from {seed} on, {candidates}, in {precision},
at the temperature, top-k and top-p that ship. {held_out} human pieces of works that were never trained on are held
out; of longer ones the first 8, 16 or 24 bars count. In brackets stand 95 % intervals, found by drawing pieces or
works again."""

NOTES = """\
- *Bits per character*: over the first 512 patches of every held-out piece, prompt and `[r:i/n]` included; a network
  pays for its patch ends too, but they are not counted as characters. The {order}-gram is interpolated Kneser-Ney over
  characters and knows the training pieces in their original keys; xz compresses the held-out text alone.{chorales}
- *Fréchet distance* (squared): between two sets of pieces, over the {features} features of the critic, in spreads of
  human training pieces. The first is to human training pieces of the same styles and lengths; beside it stands how far
  other human pieces lie from those by chance alone, and human pieces whose bars are shuffled. The second is to all
  held-out pieces, whose styles are others.
- *Period* and *composer*: how often a support vector machine that has learnt {period_labels} periods and
  {composer_labels} composers from the notes of human training pieces (not from key, tempo or instrument names) names
  them rightly. Always naming the commonest period would get {commonest_period} of the held-out pieces, the commonest
  composer {commonest_composer}. "As the same styles": human training pieces of our styles, each heard by a machine
  that knows nothing of its work.
- *Longest run shared*: of melody notes, at any pitch and tempo, with any training piece. A piece copies if it shares
  more than the 99th percentile of human pieces of its style share among themselves.
- *Distance of two pieces of a style* is in spreads a feature; *seven-note runs* are melodic, at any pitch."""


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


# --- what the weights are -------------------------------------------------------------------------------------------


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
        ("windows left in their original key", percent(metadata.get("original_key_share"))),
        ("seed", number(metadata.get("seed"))),
        ("exported", metadata.get("date", UNMEASURED)),
    ]


# --- the one table --------------------------------------------------------------------------------------------------


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


def evaluation(figures: Figures) -> list[Row]:
    """All rows of the table, in groups under a heading."""
    demands = {demand["key"]: demand for demand in figures["must_hold"]}
    groups = {
        "Right as notation": validity_rows(figures["validity"], demands),
        "Bits per character": bits_rows(figures, demands),
        "Near human music": nearness_rows(figures),
        "Heard as its style": style_rows(figures["classifiers"], demands),
        "Original": originality_rows(figures["borrowing"], figures["validity"], demands),
        "Various": variety_rows(figures["variety"]),
        "Light": lightness_rows(figures, demands),
    }
    rows: list[Row] = []
    for heading, group in groups.items():
        rows += [(f"**{heading}**", "", "", ""), *group]
    return rows


def must(demands: Mapping[str, Figures], key: str) -> str:
    """For example "at most 1.3: **met**"; empty for what nothing is demanded of."""
    demand = demands.get(key)
    if demand is None:
        return ""
    return f"{demand['limit']}: **{'met' if demand['met'] else 'not met'}**"


def validity_rows(valid: Figures, demands: Mapping[str, Figures]) -> list[Row]:
    """Before and after repair."""
    return [
        ("bars right at the first try", percent_in(valid["bars_first_try"]), "", ""),
        ("pieces right at the first try", percent_in(valid["pieces_right_at_once"]), "", ""),
        ("bars completed by rule", percent_in(valid["bars_by_rule"], 2), "", must(demands, "bars_by_rule")),
        (
            "patches sampled for each that was needed",
            number_in(valid["repair_cost"], 2),
            "",
            must(demands, "repair_cost"),
        ),
        (
            "— for each that is in the piece, with the other versions of its ending",
            number_in(valid["patches_per_kept_patch"], 2),
            "",
            "",
        ),
        ("pieces with all bars aligned, after repair", percent_in(valid["aligned"]), "", must(demands, "aligned")),
        (
            f"the same by abctoolkit ({valid['unreadable_abctoolkit']} it cannot read)",
            percent_in(valid["aligned_abctoolkit"]),
            "",
            "",
        ),
        (
            "pieces that failed, are empty, or have other bars than asked",
            f"{valid['failed']}, {valid['empty']}, {valid['wrong_length']}",
            "",
            "",
        ),
    ]


def bits_rows(figures: Figures, demands: Mapping[str, Figures]) -> list[Row]:
    """The network, other networks, and what needs no network."""
    scores = figures["held_out"]
    rows: list[Row] = [("these weights, all held-out pieces", bits_in(scores["overall"]), "", must(demands, "bits"))]
    for kind, group in scores["by_instrumentation"].items():
        rows.append((f"— {kind} ({group['pieces']})", bits_in(group), "", ""))
    for name, other in figures.get("compared", {}).items():
        rows.append((f"beside it: {name}", bits_in(other["overall"]), "", ""))
    if figures.get("compared") and CHORALES in scores["by_corpus"]:
        rows.append(("without the Bach chorales: these weights", without_chorales(scores), "", ""))
        for name, other in figures["compared"].items():
            rows.append((f"without the Bach chorales: {name}", without_chorales(other), "", ""))
    order = figures.get("ngram", {}).get("order", 6)
    return [
        *rows,
        (f"beside it: a character {order}-gram", bits(figures.get("ngram")), "", ""),
        ("beside it: xz", bits(figures.get("xz")), "", ""),
    ]


def nearness_rows(figures: Figures) -> list[Row]:
    """The critic's features."""
    distances, inside = figures["frechet"], figures["inside"]
    rows: list[Row] = [
        (
            "features inside the middle 90 % of human pieces of the style",
            percent_in(inside["ours"]),
            percent_in(inside["held_out"]),
            "",
        )
    ]
    names = {"alike": "human pieces of the same styles", "held_out": "all held-out pieces"}
    for reference, measured in distances.items():
        rows.append(
            (
                f"Fréchet distance to {names[reference]}",
                number_in(measured.get("ours"), 2),
                number_in(measured.get("others"), 2),
                "",
            )
        )
        rows.append(("— of human pieces whose bars are shuffled", "", number_in(measured.get("shuffled"), 2), ""))
    return rows


def style_rows(classifiers: Figures, demands: Mapping[str, Figures]) -> list[Row]:
    """Both classifiers, over all pieces and over keyboard pieces."""
    rows: list[Row] = []
    for key, words in (
        ("period", "period"),
        ("composer", "composer"),
        ("period_keyboard", "period, keyboard alone"),
        ("composer_keyboard", "composer, keyboard alone"),
    ):
        heard = classifiers.get(key)
        if heard is None:
            rows.append((f"{words}: heard rightly", UNMEASURED, UNMEASURED, must(demands, key)))
            continue
        rows += [
            (f"{words}: heard rightly", percent_in(heard["ours"]), percent_in(heard["held_out"]), ""),
            ("— ours of its own accuracy", percent_in(heard["of_its_own"]), "", must(demands, key)),
            ("— mean over the labels", percent(heard["balanced_ours"]), percent(heard["balanced_held_out"]), ""),
        ]
        if "same_styles" in heard:
            rows += [
                ("— as the same styles", percent_in(heard["ours"]), percent_in(heard["same_styles"]), ""),
                ("— ours of that", percent_in(heard["of_same_styles"]), "", ""),
            ]
    return rows


def originality_rows(borrowing: Figures, valid: Figures, demands: Mapping[str, Figures]) -> list[Row]:
    """Ours beside held-out human pieces."""
    ours, theirs = borrowing.get("ours"), borrowing.get("held_out")
    if ours is None:
        return [("pieces that copy", UNMEASURED, UNMEASURED, must(demands, "copies"))]

    def runs(figures: Figures | None) -> str:
        if figures is None:
            return UNMEASURED
        return f"{figures['notes_median']:.0f}, {figures['notes_95']:.0f}, {figures['notes_most']}"

    return [
        (
            "pieces that copy",
            f"{ours['copies']} of {ours['pieces']}",
            UNMEASURED if theirs is None else f"{theirs['copies']} of {theirs['pieces']}",
            must(demands, "copies"),
        ),
        ("pieces composed again since they copied", copies_rejected(valid), "", ""),
        ("longest run shared, in notes: median, 95th percentile, most", runs(ours), runs(theirs), ""),
    ]


def copies_rejected(valid: Figures) -> str:
    """Of all pieces that were composed, candidates among them."""
    return f"{valid['copies_rejected']} of {valid['composed']}"


def variety_rows(variety: Figures) -> list[Row]:
    """Within a style, and within a piece."""
    ours, theirs = variety["ours"], variety["alike"]
    return [
        (
            "distance of two pieces of a style",
            number_in(ours["distance"], 2),
            number_in(theirs["distance"], 2),
            "",
        ),
        (
            "seven-note runs that two pieces of a style share",
            percent_in(ours["shared_grams"], 2),
            percent_in(theirs["shared_grams"], 2),
            "",
        ),
        (
            "bars that repeat an earlier bar",
            percent_in(ours["repeated_bars"]),
            percent_in(theirs["repeated_bars"]),
            "",
        ),
    ]


def lightness_rows(figures: Figures, demands: Mapping[str, Figures]) -> list[Row]:
    """Time and size."""
    speed = figures.get("speed")
    seconds = UNMEASURED if speed is None else f"{speed['median_s']:.1f} s (longest {speed['longest_s']:.1f})"
    processors = figures["device"]["processors"]
    busy = speed is not None and speed["load"] > processors
    load = f" (busy with other work: load {speed['load']:.0f})" if speed is not None and busy else ""
    return [
        (f"16 piano bars, {processors} processors{load}", seconds, "", must(demands, "speed")),
        ("weights", f"{figures['weights']['bytes'] / 1e6:.1f} MB", "", must(demands, "bytes")),
    ]


def notes(figures: Figures) -> str:
    """What stands behind the rows."""
    classifiers = figures["classifiers"]

    def of(key: str, name: str) -> Any:
        return (classifiers.get(key) or {}).get(name)

    chorales = (
        " One of the networks beside it was trained on the Bach chorales, so they are left out below."
        if figures.get("compared") and CHORALES in figures["held_out"]["by_corpus"]
        else ""
    )
    return NOTES.format(
        order=figures.get("ngram", {}).get("order", 6),
        chorales=chorales,
        features=figures["features"]["count"],
        period_labels=len(of("period", "labels") or ()),
        composer_labels=len(of("composer", "labels") or ()),
        commonest_period=percent(of("period", "commonest")),
        commonest_composer=percent(of("composer", "commonest")),
    )


def without_chorales(scores: Figures) -> str:
    """Bits per character over the other corpora."""
    others = [group for name, group in scores["by_corpus"].items() if name != CHORALES]
    characters = sum(group["characters"] for group in others)
    return f"{sum(group['bits_per_character'] * group['characters'] for group in others) / characters:.3f}"


# --- the rest -------------------------------------------------------------------------------------------------------


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


# --- numbers in words -----------------------------------------------------------------------------------------------


def bits(group: Figures | None) -> str:
    """Bits per character with three decimals."""
    return UNMEASURED if group is None else f"{group['bits_per_character']:.3f}"


def bits_in(group: Figures | None) -> str:
    """For example "1.086 (1.05–1.12)"; the interval where there is one."""
    if group is None or "interval" not in group:
        return bits(group)
    low, high = group["interval"]
    return f"{bits(group)} ({low:.2f}–{high:.2f})"


def number(value: Any) -> str:
    """A whole number with separators."""
    return UNMEASURED if value is None else f"{int(value):,}"


def number_in(figure: Sequence[float] | None, digits: int) -> str:
    """For example "1.28 (1.25–1.31)" from [value, low, high]."""
    if figure is None:
        return UNMEASURED
    value, low, high = figure
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def percent(value: Any) -> str:
    """A share in percent."""
    return UNMEASURED if value is None else f"{100 * float(value):.1f} %"


def percent_in(figure: Sequence[float] | None, digits: int = 1) -> str:
    """For example "61.4 % (60.2–62.6)" from [share, low, high]."""
    if figure is None:
        return UNMEASURED
    value, low, high = (100 * part for part in figure)
    return f"{value:.{digits}f} % ({low:.{digits}f}–{high:.{digits}f})"
