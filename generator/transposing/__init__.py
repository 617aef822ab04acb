"""To transpose a tune: to a key, by an interval, for an instrument."""
