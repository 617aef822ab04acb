"""What composed pieces are like beside human ones: `figures.evaluate` is the door, `notabot evaluate` calls it."""
