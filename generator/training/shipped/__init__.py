"""What ships beside the code is made here: openings, known melodies, the figures of human pieces, bars to guess.

Each file has a module with one door, `make_...`, which `notabot train ship` calls. They read a corpus and write one
file; made again from the same corpus, the file is the same.
"""
