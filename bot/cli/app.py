"""The list of commands, and what `notabot --help` says above it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import (
    batch,
    bench,
    chat,
    compose,
    describe,
    doctor,
    duel,
    edit,
    evaluate,
    hear,
    onward,
    render,
    run,
    settings,
    styles,
    sweep,
    training,
    transpose,
    tree,
)
from bot.cli.renamed import RenamingGroup
from bot.versions import installed_versions

app = typer.Typer(
    name="notabot",
    cls=RenamingGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # bot.cli.guard says what went wrong
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"notabot {installed_versions().get('notabot', '(not installed)')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def notabot(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Composes sheet music: a score to read, audio to hear, MIDI, MusicXML and ABC.

    [bold]Examples[/bold]

      notabot compose chopin keyboard

      notabot compose schubert art song --bars 24 --key Am --seed 7

      notabot batch night.toml

      notabot sweep chopin keyboard

      notabot styles quartet

      notabot render tune.abc --formats pdf,mp3

      notabot transpose tune.abc --to Cm

      notabot continue tune.abc --bars 8

      notabot rewrite k3f9 --bars 5-8

      notabot tree k3f9

      notabot hear tune.ogg

      notabot describe tune.abc

      notabot chat

      notabot run
    """


app.command()(compose.compose)
app.command()(batch.batch)
app.command()(sweep.sweep)
app.command()(styles.styles)
app.command()(render.render)
app.command()(hear.hear)
app.command()(transpose.transpose)
app.command("continue")(onward.go_on)
app.command()(onward.rewrite)
app.command()(onward.vary)
app.command()(onward.restyle)
app.command()(onward.harmonise)
app.command()(onward.simplify)
app.command()(onward.enrich)
app.command()(tree.tree)
app.command()(edit.edit)
app.command()(describe.describe)
app.add_typer(training.app, name="train")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(duel.app, name="duel")
app.command()(bench.bench)
app.command()(chat.chat)
app.command()(run.run)
app.command()(doctor.doctor)
app.command()(settings.settings)
