"""Readers of other programs' files: MusicXML, MEI, humdrum."""
