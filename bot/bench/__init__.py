"""How fast this version is on this machine, beside another one: what `notabot bench` measures.

Promises: two versions take turns, each turn a process of its own that runs the same script, so that what else the
machine does meets both; every figure has a name, a unit and all that was seen. Needs a Unix system.
Not covered: the network beside NotaGen's (`generator.evaluation.bench`); the chats, which need stand-ins for the
platforms (`make measure NAME=arrivals`).
"""
