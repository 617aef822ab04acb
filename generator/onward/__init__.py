"""Going on from music that is there: further, otherwise, for others, easier, richer."""
