"""`/duel`: two pieces heard blind, voted on, unveiled; and how strong styles, settings and weights are by that."""
