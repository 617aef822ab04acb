"""`notabot evaluate music`: composed pieces beside human ones, in what musicians listen and look for.

The measures are `generator.evaluation.music`'s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.cli.results import show_text
from bot.cli.weights import settings_with_weights, weights_here
from bot.errors import BadInput
from bot.platforms.terminal.progress import ProgressLine


def music(
    corpus: Annotated[
        Path, typer.Argument(metavar="CORPUS", help="A .jsonl or .jsonl.xz file, one piece a line.", show_default=False)
    ],
    weights: Annotated[Path | None, typer.Option(help="The weights. Default: those that ship.")] = None,
    pieces: Annotated[int, typer.Option(min=1, help="How many pieces of each group to compose.")] = 100,
    humans: Annotated[int, typer.Option(min=1, help="How many human pieces of each group stand beside them.")] = 200,
    groups: Annotated[
        str | None, typer.Option(help="keyboard, song, quartet, chorale: some of them, separated by commas.")
    ] = None,
    candidates: Annotated[int, typer.Option(min=1, help="Compose so many for each piece, keep the best liked.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of the first piece of each group; the others count up.")] = 5000,
    beside: Annotated[
        Path | None, typer.Option(metavar="RESULT.json", help="An earlier result, to be set beside this one.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the figures here, as JSON. Default: music.json in the folder below.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="The pieces are kept here; the same command goes on with them.")] = Path(
        "runs/music"
    ),
    fresh: Annotated[bool, typer.Option("--fresh", help="Compose everything again.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads. Default: as NOTABOT_THREADS says.")] = None,
) -> None:
    """Count cadences, themes that return, parallels, notes that nobody can play ... beside human pieces.

    Four groups are heard apart: keyboard (Chopin, Mozart, Beethoven, Bach), song (Schubert, Schumann), string quartet
    (Haydn, Mozart, Beethoven) and chorale (Bach). Figures come with 95 % intervals. Ctrl-C loses no piece.

    [bold]Examples[/bold]

      notabot evaluate music scores.jsonl.xz --pieces 10

      notabot evaluate music scores.jsonl.xz --groups song,chorale --beside before.json --out after.json
    """
    from generator.evaluation.music.comparing import MusicPlan, as_table, compare_with_people

    earlier = read_result(beside) if beside is not None else None
    settings = settings_with_weights()
    asked = {"weights": weights_here(weights), "threads": threads}
    settings = settings.model_copy(update={name: value for name, value in asked.items() if value is not None})
    plan = MusicPlan(pieces=pieces, humans=humans, groups=chosen_groups(groups), seed=seed, candidates=candidates)
    with ProgressLine(Console(stderr=True)) as line:
        result = compare_with_people(
            corpus, settings=settings, folder=folder, plan=plan, fresh=fresh, tell=line.show_count
        )
    path = out or folder / "music.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for text in as_table(result, earlier).splitlines():
        show_text(text)
    show_text(f"{path} written")


def chosen_groups(words: str | None) -> tuple[str, ...]:
    """The names of the groups that were asked for, all of them if none was. Raises BadInput."""
    from generator.evaluation.music.groups import GROUPS

    known = tuple(group.name for group in GROUPS)
    if words is None:
        return known
    asked = [name.strip() for name in words.split(",") if name.strip()]
    if not asked or not set(asked) <= set(known):
        raise BadInput(reason="no_such_group", value=words, known=", ".join(known))
    return tuple(name for name in known if name in asked)


def read_result(path: Path) -> Mapping[str, Any]:
    """A result that was written before. Raises BadInput."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(reason="unreadable_music", file=path, why=error) from error
    if not isinstance(loaded, dict) or not isinstance(loaded.get("groups"), dict):
        raise BadInput(reason="no_music", file=path)
    return loaded
