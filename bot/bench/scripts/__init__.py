"""What one version of Notabot does in a turn, run as a program of its own by `bot.bench.turns`; only tests import any.

Promises: each prints one line of JSON, but for `counted.py`, which starts them; only what versions have shared for long
is imported, so that an older checkout can run them, but for `load.py`, which only this version runs.
"""
