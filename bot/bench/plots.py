"""The figures of a bench as pictures.

Promises: each picture is drawn from what stands in the report and left out where that part was not measured; the same
report gives the same files, byte by byte, on one version of matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import CannotWrite, NoPlotter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_INCHES, HEIGHT_INCHES = 7.0, 3.6
COSTS = ("s", "ms", "MiB")
THEIRS, ALONE, TOGETHER = "#8c8c8c", "#c0392b", "#2471a3"
STYLE: Any = {  # matplotlib lists the names in its types
    "svg.hashsalt": "notabot",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
Parts = Mapping[str, Any]
Draw = Callable[["Axes", Parts], None]


def draw_plots(parts: Parts, folder: Path) -> list[Path]:
    """Write the pictures there are figures for: their files. Raises NoPlotter, CannotWrite."""
    check_plotter(folder)
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Picture

    written = []
    for name, (needed, draw) in PLOTS.items():
        if not needed(parts):
            continue
        with mpl.rc_context(STYLE):
            picture = Picture(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")
            FigureCanvasSVG(picture)
            draw(picture.add_subplot(), parts)
            path = folder / f"{name}.svg"
            picture.savefig(path, format="svg", metadata={"Date": None})
        written.append(path)
    return written


def check_plotter(folder: Path) -> None:
    """Raise NoPlotter where matplotlib is not installed, CannotWrite where there can be no such folder."""
    try:
        import matplotlib as mpl  # noqa: F401
    except ModuleNotFoundError as error:
        raise NoPlotter from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(reason="failed", place=folder, why=error.strerror) from error


def _engine(axes: Axes, parts: Parts) -> None:
    """Milliseconds a patch over the length of the context, for the first network that was measured."""
    result = parts["engine"]["figures"][0]
    points = result["points"]
    contexts = [point["context_patches"] for point in points]
    theirs = "NotaGen's own code" if points[0].get("notagen_s") is not None else "NotaGen's algorithm"
    key = "notagen_s" if points[0].get("notagen_s") is not None else "reference_s"
    lines = (
        (theirs, key, THEIRS),
        (f"Notabot alone, {result['precision']}", "single_s", ALONE),
        (f"Notabot, {result['slots']} slots, {result['precision']}", "batched_s", TOGETHER),
    )
    for label, name, colour in lines:
        axes.plot(contexts, [1000 * point[name] for point in points], "o-", color=colour, label=label)
    axes.set(xscale="log", yscale="log", xlabel="patches in the context", ylabel="ms a patch of one piece")
    axes.set_xticks(contexts, [str(context) for context in contexts], minor=False)
    axes.minorticks_off()
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False)
    shape = result["shape"]
    axes.set_title(f"{shape['patch_layers']} + {shape['char_layers']} layers, {shape['hidden']} wide, equal weights")


def _compared(parts: Parts) -> list[tuple[str, float]]:
    """Names and ratios of all costs that two versions were measured by."""
    figures = [figure for part in ("composing", "cold", "rendering") for figure in _figures(parts, part)]
    return [
        (figure["name"], figure["ratio"])
        for figure in figures
        if figure.get("ratio") is not None and figure["unit"] in COSTS
    ]


def _versions(axes: Axes, parts: Parts) -> None:
    """What this version takes of what the other did."""
    names, ratios = zip(*_compared(parts), strict=True)
    places = range(len(names))[::-1]
    axes.barh(places, ratios, color=ALONE, height=0.6)
    axes.axvline(1.0, color=THEIRS, linewidth=1)
    axes.set_yticks(places, names, fontsize=7)
    for place, ratio in zip(places, ratios, strict=True):
        axes.annotate(
            f"{ratio:.2f}", (ratio, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7
        )
    axes.set(xlabel="this version / the one before")


def _load(axes: Axes, parts: Parts) -> None:
    """Memory behind each hundred pieces."""
    memory = parts["load"]["figures"]["memory_mib"]
    axes.plot([100 * (number + 1) for number in range(len(memory))], memory, color=TOGETHER)
    axes.set(
        xlabel="small pieces composed, one in five given up",
        ylabel="MiB the process holds",
        ylim=(0, 1.2 * max(memory)),
    )
    axes.grid(axis="y", alpha=0.3)


def _arrivals(axes: Axes, parts: Parts) -> None:
    """How many of a hundred had a first bar, and their page, after so many seconds."""
    found = parts["arrivals"]["figures"]
    for label, name, colour in (("first bar", "first_bar_s", ALONE), ("page", "page_s", TOGETHER)):
        times: Sequence[float] = sorted(found[name])
        shares = [100 * (number + 1) / len(times) for number in range(len(times))]
        axes.step([0.0, *times], [0.0, *shares], where="post", color=colour, label=label)
    axes.set(xlabel="seconds since the request", ylabel="of a hundred people", xlim=(0, None), ylim=(0, 100))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="lower right")
    axes.set_title(f"{found['per_minute']:g} requests a minute at random, {found['bars']} bars, {found['slots']} slots")


def _figures(parts: Parts, part: str) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = parts[part]["figures"] if part in parts else []
    return figures


PLOTS: Mapping[str, tuple[Callable[[Parts], Any], Draw]] = {
    "engine": (lambda parts: _figures(parts, "engine"), _engine),
    "versions": (_compared, _versions),
    "load": (lambda parts: "load" in parts, _load),
    "arrivals": (lambda parts: "arrivals" in parts and parts["arrivals"]["figures"]["page_s"], _arrivals),
}
