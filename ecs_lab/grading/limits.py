"""What one learner's notebook may use while it is graded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds for one notebook; each is far above what the course's own solutions need."""

    cell_s: float = 30.0
    """Real seconds for one cell; then it is interrupted, and the next cell runs."""
    notebook_s: float = 180.0
    """Real seconds for the notebook; then it is ended, and what it built is graded."""
    grace_s: float = 2.0
    """Real seconds that an interrupted cell has to stop before the notebook is ended."""
    start_s: float = 60.0
    """Real seconds that the child process has to start."""
    lab_s: float = 60.0
    """Real seconds that a lab may take for one question, or for the checks of one exercise."""
    labs: int = 50
    """How many labs may be opened; each `reset()` counts as one."""
    calls: int = 50_000
    """How many questions the notebook may ask of its labs in all (AWS calls, waits, pictures)."""
    checks: int = 200
    """How many times the notebook may have an exercise checked."""
    advance_s: float = 7 * 86_400.0
    """Virtual seconds that one `wait` may move a lab's clock."""
    virtual_s: float = 30 * 86_400.0
    """Virtual seconds that all waits together may move the clocks of the notebook's labs."""
    frame_bytes: int = 4 * 2**20
    """Size of one message from the child, and so of one AWS request."""
    output_bytes: int = 64 * 1024
    """How much of what the notebook prints is kept (its end is dropped)."""
    memory_mib: int = 4096
    """Address space of the child and of each process that it starts (not on Windows)."""
    file_mib: int = 64
    """Size of one file that the child writes (not on Windows)."""
    processes: int = 256
    """Processes and threads that the child may add to those of its user (Linux, not as root)."""
