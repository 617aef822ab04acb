"""What Notabot is built from, and whether that can be trusted: locks, licences, the bill of materials, the image.

`python -m tests.supply` lists the commands; the Makefile has a target for each.
"""
