"""The grader's own work has an end, too."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time

import pytest

from ecs_lab.grading.patience import TooLongError, at_most

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")


def forever() -> None:
    """Work that ends by itself only long after the test should have."""
    for _ in range(6000):
        time.sleep(0.01)


def test_work_without_end_is_stopped() -> None:
    """The block raises, and no alarm is left set."""
    with pytest.raises(TooLongError), at_most(0.05):
        forever()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_work_that_catches_exceptions_is_stopped_as_well() -> None:
    """It is no `Exception`, so that no handler on the way takes it for its own."""
    with pytest.raises(TooLongError), at_most(0.05), contextlib.suppress(Exception):
        forever()


def test_a_moment_at_which_python_only_prints_errors_is_waited_out() -> None:
    """A destructor is left to end; then the block raises."""

    class Slow:
        def __del__(self) -> None:
            time.sleep(0.2)
            ended.append(True)

    ended: list[bool] = []
    with pytest.raises(TooLongError), at_most(0.05):  # noqa: PT012  # the destructor is the point
        Slow()
        forever()
    assert ended == [True]


def test_work_that_ends_in_time_leaves_nothing_behind() -> None:
    """The handler that was there before is there again."""
    before = signal.getsignal(signal.SIGALRM)
    with at_most(60):
        pass
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_timer_that_was_set_before_goes_on() -> None:
    """Such as that of pytest-timeout, or of a longer limit around."""
    with pytest.raises(TooLongError), at_most(0.2):  # noqa: PT012  # both are the point
        with at_most(60):
            pass
        forever()


def test_in_another_thread_the_work_takes_as_long_as_it_takes() -> None:
    """Only the main thread can be interrupted."""
    done: list[bool] = []

    def work() -> None:
        with at_most(0.001):
            time.sleep(0.05)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
