"""The table of Fargate sizes, and what is asked of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_lab.engine.fargate_sizes import SIZES, is_valid, memory_values, smallest

PAIRS = [(size.cpu_units, memory_mib) for size in SIZES for memory_mib in size.memory_mib]


def test_there_are_as_many_pairs_as_awss_table_has() -> None:
    """The counts per CPU size and the total are those of the guide."""
    counts = {size.cpu_units: len(size.memory_mib) for size in SIZES}
    assert counts == {256: 3, 512: 4, 1024: 7, 2048: 13, 4096: 23, 8192: 12, 16384: 12, 32768: 3}
    assert len(set(PAIRS)) == 77


@pytest.mark.parametrize(
    ("cpu_units", "first", "last"),
    [
        (256, 512, 2048),
        (512, 1024, 4096),
        (1024, 2048, 8192),
        (2048, 4096, 16384),
        (4096, 8192, 30720),
        (8192, 16384, 61440),
        (16384, 32768, 122880),
        (32768, 61440, 249856),
    ],
)
def test_each_cpu_size_has_its_span_of_memory(cpu_units: int, first: int, last: int) -> None:
    """The smallest and the largest memory of each CPU size are those of the guide."""
    assert (memory_values(cpu_units)[0], memory_values(cpu_units)[-1]) == (first, last)


@pytest.mark.parametrize(("cpu_units", "memory_mib"), PAIRS)
def test_a_pair_is_valid_and_its_neighbours_are_not(cpu_units: int, memory_mib: int) -> None:
    """One MiB or one CPU unit more or less is no Fargate size."""
    assert is_valid(cpu_units, memory_mib)
    for cpu_step, memory_step in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        assert not is_valid(cpu_units + cpu_step, memory_mib + memory_step)


@pytest.mark.parametrize(("cpu_units", "memory_mib"), [(256, 3072), (1024, 1024), (8192, 17408)])
def test_a_gap_in_the_table_is_no_size(cpu_units: int, memory_mib: int) -> None:
    """Memory that another CPU size has, or that a step leaves out, is refused."""
    assert not is_valid(cpu_units, memory_mib)


def test_windows_has_one_two_and_four_vcpus() -> None:
    """Windows tasks have at least one vCPU and at most four."""
    windows = [
        each.cpu_units
        for each in SIZES
        if memory_values(each.cpu_units, "WINDOWS_SERVER_2022_CORE")
    ]
    assert windows == [1024, 2048, 4096]


def test_the_row_that_awss_pages_disagree_about_says_so() -> None:
    """32 vCPUs stand in the guide and not in the API Reference."""
    notes = {size.cpu_units: size.note for size in SIZES}
    assert "newer: in the guide" in notes[32768]
    assert "newer" not in notes[16384]


def test_every_row_names_its_page() -> None:
    """A fact of AWS has an address."""
    assert all(size.source.startswith("https://docs.aws.amazon.com/") for size in SIZES)


@settings(deadline=None)  # a busy machine is no fault of the code
@given(st.integers(1, 33_000), st.integers(1, 260_000))
def test_the_smallest_size_covers_the_need_and_nothing_smaller_does(cpu: int, memory: int) -> None:
    """Whatever else fits has at least as much CPU and as much memory."""
    fitting = [(c, m) for c, m in PAIRS if c >= cpu and m >= memory]
    found = smallest(cpu, memory)
    if found is None:
        assert not fitting
    else:
        assert found in fitting
        assert all(found[0] <= c and found[1] <= m for c, m in fitting)
