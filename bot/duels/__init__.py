"""What duels come to: what stood against what, and how strong it is by people's votes. Nothing is looked up here."""
