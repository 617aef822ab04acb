"""MusicXML in, a tune out: partwise and timewise, all versions.

    tune = read_musicxml(root)     # the root of a document that was scanned and parsed by `safe_xml`

document.py reads the head and the list of parts; part.py what stands in the measures of a part, note by note (notes.py,
attributes.py, directions.py); voices.py makes voices with bars of it, with lengths that add up (lengths.py).
What no tune can hold is counted by left_out.py and becomes remarks.
"""

from renderers.score.foreign.musicxml.document import read_musicxml

__all__ = ["read_musicxml"]
