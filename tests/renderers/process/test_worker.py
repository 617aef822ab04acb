import subprocess
import sys

COUNTING = """
import gc
from renderers.process.worker import spare_the_collector
from renderers.recipe import Recipe

looks = []
spare_the_collector()
gc.callbacks.append(lambda phase, info: looks.append(phase))
Recipe("X:1\\nK:C\\n" + "CDEF GABc|" * 64).make_pages()
print(len(looks))
"""


def test_no_garbage_is_looked_for_in_the_middle_of_a_page():
    """It was, some 15 times a page, and now and then through all that the process had imported."""
    done = subprocess.run([sys.executable, "-c", COUNTING], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["0"]
