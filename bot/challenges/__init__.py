"""What challenges are: their rules, stages, votes and times. Nothing here looks anything up or writes anything down."""
