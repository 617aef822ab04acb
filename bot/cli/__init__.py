"""The `notabot` command. Each subcommand is a module here and calls one door of the packages below.

Starting is quick because the heavy libraries (torch, verovio, music21) are only imported by the commands that use
them, inside the function: `notabot --help` and `notabot styles` never load torch.

Exit codes: 0 done · 2 something the person can fix, said in one sentence · 130 stopped with Ctrl-C · 1 a mistake of
ours, with a reference number.
"""

from bot.cli.guard import main, run

__all__ = ["main", "run"]
