"""What a container sees: a root file system of its own, and others mounted into it."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Literal, overload

from ecs_lab.runtime.files.disk import READ, ROOT, WRITE, Disk, Identity, Node
from ecs_lab.runtime.files.errors import failure
from ecs_lab.runtime.files.opened import Mode, opened

PATH_BYTES = 4096
Path = str | os.PathLike[str]


@dataclass(slots=True)
class Mount:
    """A disk at a path: from the folder `root` of the disk on; all act as `identity`, if given,
    and root acts as `root_acts_as`.
    """

    path: str
    disk: Disk
    root: str = "/"
    read_only: bool = False
    identity: Identity | None = None
    root_acts_as: Identity = ROOT

    def who(self, who: Identity) -> Identity:
        """As whom somebody acts on this disk."""
        if self.identity is not None:
            return self.identity
        return self.root_acts_as if who.uid == 0 else who


@dataclass(slots=True, frozen=True)
class _Place:
    """Where a path leads: names below the root of a mount's disk, and as whom one is there."""

    mount: Mount
    names: list[str]
    who: Identity

    @property
    def disk(self) -> Disk:
        return self.mount.disk

    def node(self) -> Node:
        return self.disk.find(self.names, self.who)

    def check_writable(self) -> None:
        if self.mount.read_only:
            raise failure(errno.EROFS)


@dataclass(slots=True)
class Files:
    """A container's files. Paths are POSIX paths; relative ones begin at `folder`, and none leads
    out: `/..` is `/`. All errors are Python's own, such as FileNotFoundError and PermissionError.

    >>> files = Files(Disk())
    >>> files.write_text("/greeting.txt", "hello")
    >>> with files.open("greeting.txt", "a") as file:
    ...     _ = file.write(", world")
    >>> files.read_text("../../greeting.txt")
    'hello, world'
    """

    root: Disk
    mounts: Sequence[Mount] = ()
    identity: Identity = ROOT
    folder: str = "/"
    read_only: bool = False
    _all: list[Mount] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the folders that are mounted over, as a container runtime does."""
        self._all = [Mount("/", self.root)]
        for mount in sorted(self.mounts, key=lambda each: len(_names(each.path))):
            self._make_mount_point(mount.path)
            self._all.append(mount)
        self._all[0].read_only = self.read_only

    def _make_mount_point(self, path: str) -> None:
        place = self._place(path)
        for count in range(1, len(place.names) + 1):
            if place.mount.read_only or place.disk.exists(place.names[:count]):
                continue
            place.disk.make(place.names[:count], ROOT, 0o755, folder=True)

    # Reading and writing

    @overload
    def open(
        self,
        path: Path,
        mode: Literal["r", "w", "a", "x", "r+", "w+", "a+", "x+"] = "r",
        encoding: str = "utf-8",
        errors: str = "strict",
        newline: str | None = None,
    ) -> IO[str]: ...

    @overload
    def open(
        self,
        path: Path,
        mode: Literal["rb", "wb", "ab", "xb", "rb+", "wb+", "ab+", "xb+"],
        encoding: str = "utf-8",
        errors: str = "strict",
        newline: str | None = None,
    ) -> IO[bytes]: ...

    @overload
    def open(
        self,
        path: Path,
        mode: str,
        encoding: str = "utf-8",
        errors: str = "strict",
        newline: str | None = None,
    ) -> IO[str] | IO[bytes]: ...

    def open(
        self,
        path: Path,
        mode: str = "r",
        encoding: str = "utf-8",
        errors: str = "strict",
        newline: str | None = None,
    ) -> IO[str] | IO[bytes]:
        """Python's `open`. Close the file before time passes: an open one cannot be copied with
        the lab.
        """
        asked = Mode(mode)
        with self._at(path) as place:
            node = self._node_to_open(place, asked)
        return opened(place.disk, node, asked, encoding, errors, newline)

    def _node_to_open(self, place: _Place, mode: Mode) -> Node:
        if mode.writes:
            place.check_writable()
        if mode.kind == "x" or (mode.kind != "r" and not place.disk.exists(place.names)):
            return place.disk.make(place.names, place.who)
        node = place.node()
        if node.content is None:
            raise failure(errno.EISDIR)
        if not node.allows(place.who, READ * mode.reads | WRITE * mode.writes):
            raise failure(errno.EACCES)
        if mode.kind == "w":
            place.disk.resize(node, 0)
        return node

    def read_text(self, path: Path, encoding: str = "utf-8") -> str:
        """All of a file as text."""
        with self.open(path, "r", encoding) as file:
            return file.read()

    def write_text(self, path: Path, text: str, encoding: str = "utf-8") -> None:
        """Make the text all that a file holds."""
        with self.open(path, "w", encoding) as file:
            file.write(text)

    def read_bytes(self, path: Path) -> bytes:
        """All of a file."""
        with self.open(path, "rb") as file:
            return file.read()

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Make the bytes all that a file holds."""
        with self.open(path, "wb") as file:
            file.write(data)

    def allocate(self, path: Path, size_bytes: int) -> None:
        """Make a file this big, as `fallocate` does: it takes the space, but none of the
        computer's memory.
        """
        with self.open(path, "ab") as file:
            file.truncate(size_bytes)

    # Looking

    def listdir(self, path: Path = ".") -> list[str]:
        """The names in a folder, sorted."""
        with self._at(path) as place:
            node = place.node()
            if node.entries is None:
                raise failure(errno.ENOTDIR)
            if not node.allows(place.who, READ):
                raise failure(errno.EACCES)
            return sorted(node.entries)

    def exists(self, path: Path) -> bool:
        """Whether there is a file or folder, and one may look there."""
        try:
            self.stat(path)
        except OSError:
            return False
        return True

    def is_dir(self, path: Path) -> bool:
        """Whether there is a folder."""
        return self.exists(path) and stat.S_ISDIR(self.stat(path).st_mode)

    def is_file(self, path: Path) -> bool:
        """Whether there is a file."""
        return self.exists(path) and stat.S_ISREG(self.stat(path).st_mode)

    def stat(self, path: Path) -> os.stat_result:
        """What `os.stat` tells: st_mode, st_uid, st_gid, st_size, st_mtime (virtual time)."""
        with self._at(path) as place:
            node = place.node()
        size = node.content.size if node.content is not None else 0
        kind = stat.S_IFREG if node.content is not None else stat.S_IFDIR
        times = (node.mtime_s, node.mtime_s, node.mtime_s)
        return os.stat_result(
            (kind | node.mode, node.number, 0, 1, node.uid, node.gid, size, *times)
        )

    def space(self, path: Path = "/") -> tuple[int | None, int]:
        """The size of the file system at a path, or None without a limit, and the bytes used."""
        with self._at(path) as place:
            return place.disk.space.limit_bytes, place.disk.space.used_bytes

    # Changing

    def makedirs(self, path: Path, mode: int = 0o755, *, exist_ok: bool = False) -> None:
        """Make a folder and those that it is in; raises FileExistsError unless `exist_ok`."""
        with self._at(path) as place:
            if place.disk.exists(place.names, place.who):
                if exist_ok and place.node().entries is not None:
                    return
                raise failure(errno.EEXIST)
            place.check_writable()
            for count in range(1, len(place.names) + 1):
                if not place.disk.exists(place.names[:count], place.who):
                    place.disk.make(place.names[:count], place.who, mode, folder=True)

    def remove(self, path: Path) -> None:
        """Remove a file or an empty folder."""
        with self._at(path) as place:
            self._check_not_mounted(path)
            place.node()
            place.check_writable()
            place.disk.remove(place.names, place.who)

    def rename(self, old: Path, new: Path) -> None:
        """Move a file or folder within its file system; raises OSError (EXDEV) for another one."""
        with self._at(new) as target, self._at(old) as source:
            self._check_not_mounted(old)
            self._check_not_mounted(new)
            source.node()
            if source.mount is not target.mount:
                raise failure(errno.EXDEV)
            source.check_writable()
            source.disk.rename(source.names, target.names, source.who)

    def chmod(self, path: Path, mode: int) -> None:
        """Change the mode's bits: for the owner and root."""
        with self._at(path) as place:
            node = place.node()
            place.check_writable()
            if place.who.uid not in (0, node.uid):
                raise failure(errno.EPERM)
            node.mode = mode & 0o7777

    def chown(self, path: Path, uid: int, gid: int) -> None:
        """Give a file or folder to another user and group: for root."""
        with self._at(path) as place:
            node = place.node()
            place.check_writable()
            if place.who.uid != 0:
                raise failure(errno.EPERM)
            node.uid, node.gid = uid, gid

    # Where paths lead

    def _place(self, path: Path) -> _Place:
        names = _names(posixpath.join(self.folder, os.fspath(path)))
        mount = next(each for each in reversed(self._all) if _below(names, _names(each.path)))
        inner = [*_names(mount.root), *names[len(_names(mount.path)) :]]
        return _Place(mount, inner, mount.who(self.identity))

    @contextmanager
    def _at(self, path: Path) -> Iterator[_Place]:
        """The place of a path; errors in the block name the path."""
        shown = os.fspath(path)
        try:
            if "\0" in shown:
                raise ValueError("embedded null byte")
            if len(shown.encode()) > PATH_BYTES:
                raise failure(errno.ENAMETOOLONG)
            yield self._place(shown)
        except OSError as error:
            error.filename = error.filename or shown
            raise

    def _check_not_mounted(self, path: Path) -> None:
        names = _names(posixpath.join(self.folder, os.fspath(path)))
        if any(_below(_names(each.path), names) for each in self._all):
            raise failure(errno.EBUSY)


def _names(path: str) -> list[str]:
    """The names on an absolute path; `..` at the root stays there.

    >>> _names("/a/./b/../../../c")
    ['c']
    """
    return [each for each in posixpath.normpath("/" + path).split("/") if each]


def _below(names: Sequence[str], folder: Sequence[str]) -> bool:
    return list(names[: len(folder)]) == list(folder)
