"""What composed pieces are like beside human ones: `figures.evaluate` is the door, `notabot evaluate` calls it.

Nothing is imported here: training takes `intervals` without the rest.
"""
