"""Would it be taken for its style? What musicians listen and look for, counted in composed pieces and in human ones."""
