"""What a musician does that no score says: phrases are found, time bends, the melody stands out, the foot pedals.

From what is written alone and without chance: the same score is played alike every time. `manner.py` says how much.
Promises: no note more or less, and none in another order than written but for what sounds together.
Not covered: swing, and what distinguishes one player from another.
"""
