"""The network compiled for the processor: int8 weights times int8 rows, attention, logits and the draw in few calls.

Promises: the same arithmetic as the torch network in precision "int8" (`precision.py`), whole numbers to the last bit;
used by the engine where numba is there, and nowhere else is anything said about it.
Not covered: float32, bfloat16 and GPUs, which stay with torch.
"""
