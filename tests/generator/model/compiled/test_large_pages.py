"""Memory in large pages, and without them."""

import mmap

import numpy as np
import pytest

from generator.model.compiled.large_pages import LARGE_PAGE, zero_bytes

with_large_pages = pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="Linux only")


@with_large_pages
def test_large_arrays_begin_where_a_large_page_begins():
    assert zero_bytes(LARGE_PAGE + 1).ctypes.data % LARGE_PAGE == 0


@pytest.mark.parametrize("count", [0, 1, LARGE_PAGE - 1, LARGE_PAGE, 2 * LARGE_PAGE + 1])
def test_there_are_as_many_zeros_as_asked_for_and_they_can_be_written(count: int):
    numbers = zero_bytes(count)
    assert numbers.shape == (count,)
    assert not numbers.any()
    numbers[:] = 255
    assert numbers.all()


@with_large_pages
def test_memory_is_not_given_back_while_a_part_of_it_is_in_use():
    part = zero_bytes(LARGE_PAGE)[5:]
    others = [np.ones(LARGE_PAGE, np.uint8) for _ in range(4)]
    assert not part.any()
    assert all(other.all() for other in others)


@with_large_pages
def test_a_kernel_that_knows_no_large_pages_gives_memory_all_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mmap, "MADV_HUGEPAGE", 12345)
    assert zero_bytes(LARGE_PAGE).size == LARGE_PAGE


def test_systems_without_the_call_give_memory_all_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    assert zero_bytes(LARGE_PAGE).size == LARGE_PAGE
