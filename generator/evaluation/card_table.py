"""The one table of the model card: a row for every figure, beside human pieces and what must hold.

Promises: every figure comes from the evaluation's JSON, and so does whether it is met.
"""

from collections.abc import Mapping

from generator.evaluation.card_numbers import UNMEASURED, Figures, bits, bits_in, number_in, percent, percent_in

# The network of the first comparison was trained on the held-out chorales.
CHORALES = "dcml-bach_chorales"
Row = tuple[str, str, str, str]  # what, Notabot, human pieces, what must hold


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
    if "at_home" in figures:
        rows.append(("— the same pieces moved to C major or A minor", bits_in(figures["at_home"]["overall"]), "", ""))
    if "recalling" in figures:
        rows.append(
            ("— as it composes, remembering the piece's own bars", bits_in(figures["recalling"]["overall"]), "", "")
        )
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


def without_chorales(scores: Figures) -> str:
    """Bits per character over the other corpora."""
    others = [group for name, group in scores["by_corpus"].items() if name != CHORALES]
    characters = sum(group["characters"] for group in others)
    return f"{sum(group['bits_per_character'] * group['characters'] for group in others) / characters:.3f}"
