"""Memory for numbers that are read from end to end again and again: large pages, where the system has them.

Promises: where it has none, the memory is as any other. With small pages a processor stops to look up where the next
one lies, and no longer reads ahead of what is asked for; large ones have to lie at whole multiples of their size.
Not covered: memory that is written to (NumPy's own asks for large pages too, but begins anywhere).
"""

import mmap
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

LARGE_PAGE = 1 << 21  # bytes, on x86 and on ARM with pages of 4 KiB


def zero_bytes(count: int) -> NDArray[np.uint8]:
    """So many zeros, which are given back with the last array that shows them."""
    if count < LARGE_PAGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.zeros(count, np.uint8)
    memory = mmap.mmap(-1, count + LARGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel without them
        memory.madvise(mmap.MADV_HUGEPAGE)
    every = np.frombuffer(memory, np.uint8)
    start = -every.ctypes.data % LARGE_PAGE
    return every[start : start + count]
