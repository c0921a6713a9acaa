"""One file system: files and folders with owner, mode and time of change, in memory.

Files and folders are numbered and folders hold numbers, as inodes do: so the whole is flat, and
copies as fast however deep its folders are. There are no links.
"""

from __future__ import annotations

import copy
import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ecs_lab.runtime.files.content import Content
from ecs_lab.runtime.files.errors import failure
from ecs_lab.runtime.files.space import IN_MEMORY_BYTES, Space

READ, WRITE, SEARCH = 4, 2, 1
STICKY = 0o1000
NAME_BYTES = 255
Names = Sequence[str]
"""A path below the root of a disk: ["var", "log"] for /var/log."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts: POSIX user, group and secondary groups; 0 is root."""

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = ()


ROOT = Identity()


@dataclass(slots=True, eq=False)
class Node:
    """A file (`content`) or a folder (`entries`: numbers by name)."""

    number: int
    uid: int
    gid: int
    mode: int
    mtime_s: float
    content: Content | None = None
    entries: dict[str, int] | None = None

    def allows(self, who: Identity, wanted: int) -> bool:
        """Whether the mode's bits let somebody do what READ, WRITE and SEARCH name."""
        if who.uid == 0:
            return True
        if who.uid == self.uid:
            bits = self.mode >> 6
        else:
            bits = self.mode >> 3 if self.gid in (who.gid, *who.groups) else self.mode
        return bits & wanted == wanted


def the_beginning() -> float:
    """The time on a disk that nobody gave a clock."""
    return 0.0


def nobody_listens() -> None:
    """Who hears of a disk's changes, until somebody wants to."""


@dataclass(slots=True, eq=False)
class Disk:
    """A file system. `now` tells the time (epoch seconds), `space` how much goes in, `memory` how
    much of it the lab can keep; `changed` is called after each change of what files there are and
    what is in them.
    """

    now: Callable[[], float] = the_beginning
    space: Space = field(default_factory=Space)
    memory: Space = field(default_factory=lambda: Space(IN_MEMORY_BYTES))
    nodes: dict[int, Node] = field(default_factory=dict)
    last_number: int = 0
    changed: Callable[[], None] = nobody_listens

    def __post_init__(self) -> None:
        if not self.nodes:
            self._add(ROOT, 0o755, None)

    @property
    def root(self) -> Node:
        """The folder that all is in."""
        return self.nodes[1]

    def find(self, names: Names, who: Identity = ROOT) -> Node:
        """The file or folder at a path; raises FileNotFoundError, NotADirectoryError,
        PermissionError.
        """
        node = self.root
        for name in names:
            entries = _entries(node)
            if not node.allows(who, SEARCH):
                raise failure(errno.EACCES)
            if name not in entries:
                raise failure(errno.ENOENT)
            node = self.nodes[entries[name]]
        return node

    def exists(self, names: Names, who: Identity = ROOT) -> bool:
        """Whether there is something at a path, as far as somebody may see it."""
        try:
            self.find(names, who)
        except OSError:
            return False
        return True

    def make(
        self, names: Names, who: Identity = ROOT, mode: int = 0o644, *, folder: bool = False
    ) -> Node:
        """A new file or folder; raises FileExistsError and what `find` raises."""
        parent = self._parent_to_change(names, who)
        entries = _entries(parent)
        if names[-1] in entries:
            raise failure(errno.EEXIST)
        if len(names[-1].encode()) > NAME_BYTES:
            raise failure(errno.ENAMETOOLONG)
        node = self._add(who, mode, None if folder else Content())
        entries[names[-1]] = node.number
        parent.mtime_s = self.now()
        self.changed()
        return node

    def remove(self, names: Names, who: Identity = ROOT) -> None:
        """Remove a file or an empty folder; raises OSError (ENOTEMPTY) for a full one."""
        parent = self._parent_to_change(names, who)
        node = self.find(names, who)
        if node.entries:
            raise failure(errno.ENOTEMPTY)
        _check_sticky(parent, node, who)
        self._forget(parent, names[-1], node)
        self.changed()

    def rename(self, old: Names, new: Names, who: Identity = ROOT) -> None:
        """Move a file or folder; what lies at the new place and is of its kind goes away."""
        node, source = self.find(old, who), self._parent_to_change(old, who)
        target = self._parent_to_change(new, who)
        _check_sticky(source, node, who)
        if list(new[: len(old)]) == list(old):
            if len(new) == len(old):
                return
            raise failure(errno.EINVAL)
        there = _entries(target).get(new[-1])
        if there is not None:
            self._make_way(target, new[-1], self.nodes[there], node, who)
        del _entries(source)[old[-1]]
        _entries(target)[new[-1]] = node.number
        source.mtime_s = target.mtime_s = self.now()
        self.changed()

    def read(self, node: Node, at: int, count: int) -> bytes:
        """Up to `count` bytes of a file."""
        return _content(node).read(at, count)

    def write(self, node: Node, at: int, data: bytes) -> None:
        """Put bytes into a file: all of them, or OSError (ENOSPC)."""
        self._grow(node, at + len(data), _content(node).growth(at, len(data)))
        _content(node).write(at, data)
        node.mtime_s = self.now()
        self.changed()

    def resize(self, node: Node, size: int) -> None:
        """Cut a file off, or lengthen it by zeros that take their space but no memory."""
        content = _content(node)
        if size >= content.size:
            self._grow(node, size, 0)
            content.resize(size)
        else:
            self._give_back(content, size)
        node.mtime_s = self.now()
        self.changed()

    def fill_from(self, other: Disk) -> None:
        """Hold what another disk holds now; raises OSError (ENOSPC) where it does not go in."""
        contents = [each.content for each in other.nodes.values() if each.content is not None]
        self.space.take(sum(each.size for each in contents))
        self.memory.take(sum(each.held_bytes() for each in contents))
        self.nodes, self.last_number = copy.deepcopy(other.nodes), other.last_number

    def erase(self) -> None:
        """Remove all that is there, and give the space back."""
        for node in self.nodes.values():
            if node.content is not None:
                self._give_back(node.content, 0)
        self.root.entries = {}
        self.nodes = {1: self.root}

    def _grow(self, node: Node, size: int, held: int) -> None:
        if node.number not in self.nodes:
            raise failure(errno.ESTALE)
        growth = max(size - _content(node).size, 0)
        self.space.take(growth)
        try:
            self.memory.take(held)
        except OSError:
            self.space.give_back(growth)
            raise

    def _give_back(self, content: Content, size: int) -> None:
        size_before, held_before = content.size, content.held_bytes()
        content.resize(size)
        self.space.give_back(size_before - size)
        self.memory.give_back(held_before - content.held_bytes())

    def _add(self, who: Identity, mode: int, content: Content | None) -> Node:
        self.last_number += 1
        entries: dict[str, int] | None = {} if content is None else None
        node = Node(self.last_number, who.uid, who.gid, mode, self.now(), content, entries)
        self.nodes[node.number] = node
        return node

    def _forget(self, parent: Node, name: str, node: Node) -> None:
        if node.content is not None:
            self.space.give_back(node.content.size)
            self.memory.give_back(node.content.held_bytes())
        del _entries(parent)[name], self.nodes[node.number]
        parent.mtime_s = self.now()

    def _make_way(self, parent: Node, name: str, there: Node, node: Node, who: Identity) -> None:
        if node.entries is None and there.entries is not None:
            raise failure(errno.EISDIR)
        if node.entries is not None and there.entries is None:
            raise failure(errno.ENOTDIR)
        if there.entries:
            raise failure(errno.ENOTEMPTY)
        _check_sticky(parent, there, who)
        self._forget(parent, name, there)

    def _parent_to_change(self, names: Names, who: Identity) -> Node:
        """The folder of a path, which somebody wants to put something into or take out of."""
        if not names:
            raise failure(errno.EBUSY)
        parent = self.find(names[:-1], who)
        _entries(parent)
        if not parent.allows(who, WRITE | SEARCH):
            raise failure(errno.EACCES)
        return parent


def _check_sticky(parent: Node, node: Node, who: Identity) -> None:
    """In a folder such as /tmp only the owner removes a file."""
    if parent.mode & STICKY and who.uid not in (0, node.uid, parent.uid):
        raise failure(errno.EPERM)


def _entries(node: Node) -> dict[str, int]:
    if node.entries is None:
        raise failure(errno.ENOTDIR)
    return node.entries


def _content(node: Node) -> Content:
    if node.content is None:
        raise failure(errno.EISDIR)
    return node.content
