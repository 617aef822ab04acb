"""The files that can be asked for, in the order they are made."""

FORMATS = ("abc", "xml", "png", "pdf", "mid", "mp3", "mp3-small", "analysis")
