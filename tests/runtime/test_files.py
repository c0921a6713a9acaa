"""Files of containers: as on a Linux machine, and nothing of the computer's own."""

from __future__ import annotations

import copy
import pickle
import posixpath
import stat
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ecs_lab.runtime.files import Disk, Files, Identity, Mount, Space

MIB = 1 << 20


class Clock:
    """A time that a test turns on."""

    def __init__(self) -> None:
        self.at = 100.0

    def now(self) -> float:
        """The time."""
        return self.at


@pytest.mark.parametrize("mode", ["r", "w", "a", "x", "r+", "w+", "a+", "x+"])
@pytest.mark.parametrize("there", [True, False])
def test_open_does_what_pythons_own_does(tmp_path: Any, mode: str, there: bool) -> None:
    """Each mode, with a file and without one, ends with the same content or the same error."""
    files = Files(Disk())
    if there:
        files.write_text("/f", "first\n")
        (tmp_path / "f").write_bytes(b"first\n")

    def use(file: Any) -> list[Any]:
        done: list[Any] = [file.readable() and file.read(3), file.tell()]
        file.seek(0, 2)
        if file.writable():
            file.write("é and more\n")
        file.flush()
        return [*done, file.tell()]

    outcomes: list[Any] = []
    for opening in (
        lambda: files.open("/f", mode),
        lambda: (tmp_path / "f").open(mode, encoding="utf-8", newline="\n"),
    ):
        try:
            with opening() as file:
                outcomes.append(use(file))
        except OSError as error:
            outcomes.append((type(error), error.errno))
    ours = files.read_bytes("/f") if files.exists("/f") else None
    theirs = (tmp_path / "f").read_bytes() if (tmp_path / "f").exists() else None
    assert (outcomes[0], ours) == (outcomes[1], theirs)


@pytest.mark.parametrize("mode", ["", "rw", "rr", "bt", "rbt", "q", "wU"])
def test_a_mode_that_python_does_not_have_is_refused(mode: str) -> None:
    """ValueError, as by `open`, and nothing is made."""
    files = Files(Disk())
    with pytest.raises(ValueError, match="mode"):
        files.open("/f", mode)
    assert not files.exists("/f")


@pytest.mark.parametrize(
    ("call", "arguments", "error", "words"),
    [
        ("read_text", ["/none"], FileNotFoundError, "No such file or directory: '/none'"),
        ("open", ["/folder"], IsADirectoryError, "Is a directory: '/folder'"),
        ("write_text", ["/folder", ""], IsADirectoryError, "Is a directory"),
        ("listdir", ["/file"], NotADirectoryError, "Not a directory: '/file'"),
        ("read_text", ["/file/x"], NotADirectoryError, "Not a directory"),
        ("write_text", ["/none/x", ""], FileNotFoundError, "No such file"),
        ("makedirs", ["/folder"], FileExistsError, "File exists: '/folder'"),
        ("remove", ["/none"], FileNotFoundError, "No such file"),
        ("remove", ["/folder"], OSError, "Directory not empty"),
        ("remove", ["/mnt"], OSError, "Device or resource busy"),
        ("rename", ["/file", "/folder"], IsADirectoryError, "Is a directory"),
        ("rename", ["/folder", "/file"], NotADirectoryError, "Not a directory"),
        ("rename", ["/folder", "/folder/in"], OSError, "Invalid argument"),
        ("rename", ["/file", "/mnt/file"], OSError, "Invalid cross-device link"),
        ("write_text", ["/" + "n" * 256, ""], OSError, "File name too long"),
        ("write_text", ["/ro/file", ""], OSError, "Read-only file system: '/ro/file'"),
        ("makedirs", ["/ro/file"], OSError, "Read-only file system"),
    ],
)
def test_errors_are_pythons_own(
    call: str, arguments: list[str], error: type[OSError], words: str
) -> None:
    """Each with the class, number and words that a program on Linux sees, and the path."""
    files = Files(Disk(), [Mount("/mnt", Disk()), Mount("/ro", Disk(), read_only=True)])
    files.write_text("/file", "")
    files.makedirs("/folder/full")
    with pytest.raises(error, match=words):
        getattr(files, call)(*arguments)


def test_no_path_leads_out_of_a_mount() -> None:
    """A mounted folder of a disk is all that is seen of it, whatever is put before."""
    disk = Disk()
    Files(disk).makedirs("/mine")
    Files(disk).write_text("/secret", "of another")
    files = Files(Disk(), [Mount("/data", disk, root="/mine")])
    for path in ("/data/../secret", "/data/../../secret", "data/./..//secret", "/secret"):
        assert not files.exists(path)
    files.write_text("/data/../../../data/a", "a")
    assert Files(disk).listdir("/mine") == ["a"]


def test_what_is_mounted_covers_what_was_there_and_may_lie_in_another_mount() -> None:
    """The longest mount point wins; mount points are made as folders."""
    outer, inner = Disk(), Disk()
    files = Files(Disk(), [Mount("/a/b", inner), Mount("/a", outer)])
    files.write_text("/a/b/deep", "inner")
    files.write_text("/a/flat", "outer")
    assert Files(inner).listdir("/") == ["deep"]
    assert Files(outer).listdir("/") == ["b", "flat"]
    assert files.listdir("/a") == ["b", "flat"]
    assert files.listdir("/") == ["a"]


def test_modes_and_owners_are_heeded() -> None:
    """Others read but do not write; a private folder is not even searched; root may all."""
    disk = Disk()
    root = Files(disk)
    root.makedirs("/home", 0o777)
    anna = Files(disk, identity=Identity(1000, 1000))
    bert = Files(disk, identity=Identity(1001, 1001, groups=(1000,)))
    anna.write_text("/home/a", "anna's")
    assert bert.read_text("/home/a") == "anna's"
    with pytest.raises(PermissionError, match="Permission denied: '/home/a'"):
        bert.write_text("/home/a", "bert's")
    with pytest.raises(PermissionError):
        bert.write_text("/b", "")
    anna.chmod("/home/a", 0o660)
    bert.write_text("/home/a", "the group's")
    with pytest.raises(PermissionError, match="not permitted"):
        bert.chmod("/home/a", 0o777)
    with pytest.raises(PermissionError, match="not permitted"):
        anna.chown("/home/a", 0, 0)
    anna.makedirs("/home/private", 0o700)
    with pytest.raises(PermissionError):
        bert.listdir("/home/private")
    assert not bert.exists("/home/private/x")
    root.write_text("/home/private/x", "")
    root.chmod("/home", 0o1777)
    with pytest.raises(PermissionError, match="not permitted"):
        bert.remove("/home/a")


def test_a_mount_can_say_who_one_is() -> None:
    """An enforced identity owns all that is made, whoever makes it; root can be made nobody."""
    disk = Disk()
    Files(disk).chmod("/", 0o777)
    enforced = Files(Disk(), [Mount("/m", disk, identity=Identity(1234, 5678))])
    enforced.write_text("/m/a", "")
    squashed = Files(Disk(), [Mount("/m", disk, root_acts_as=Identity(65534, 65534))])
    squashed.write_text("/m/b", "")
    seen = [(each.st_uid, each.st_gid) for each in map(Files(disk).stat, ("/a", "/b"))]
    assert seen == [(1234, 5678), (65534, 65534)]
    with pytest.raises(PermissionError):
        squashed.write_text("/m/a", "")


def test_stat_tells_size_owner_mode_and_virtual_time() -> None:
    """The time is that of the last change."""
    clock = Clock()
    files = Files(Disk(clock.now))
    files.write_text("/a", "äb")
    clock.at = 250.5
    files.makedirs("/folder")
    with files.open("/a", "a") as file:
        file.write("c")
    told = files.stat("/a")
    assert (told.st_size, told.st_mtime, stat.filemode(told.st_mode)) == (4, 250.5, "-rw-r--r--")
    assert stat.filemode(files.stat("/folder").st_mode) == "drwxr-xr-x"
    assert files.is_dir("/folder")
    assert files.is_file("/a")


def test_a_full_disk_takes_nothing_more_until_something_is_removed() -> None:
    """OSError with ENOSPC and its words; disks can share their space."""
    space = Space(10)
    one, other = Files(Disk(space=space)), Files(Disk(space=space))
    one.write_text("/a", "123456")
    with pytest.raises(OSError, match=r"No space left on device") as caught:
        other.write_text("/b", "12345")
    assert caught.value.errno == 28
    one.remove("/a")
    other.write_text("/b", "1234567890")
    assert one.space() == (10, 10)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 99_999])
def test_what_is_cut_off_a_file_does_not_come_back(size: int) -> None:
    """A file that is shortened keeps its beginning; lengthened again, it ends in zeros."""
    files = Files(Disk())
    data = bytes(range(1, 251)) * 400
    files.write_bytes("/f", data)
    with files.open("/f", "rb+") as file:
        file.truncate(size)
        file.truncate(len(data))
    assert files.read_bytes("/f") == data[:size].ljust(len(data), b"\0")
    files.remove("/f")
    assert files.root.memory.used_bytes == files.root.space.used_bytes == 0


def test_a_big_file_takes_space_but_no_memory() -> None:
    """20 GiB are written at once, and read where one looks."""
    files = Files(Disk(space=Space(20 << 30)))
    files.allocate("/big", 20 << 30)
    with files.open("/big", "rb") as file:
        file.seek(-3, 2)
        assert file.read() == b"\0\0\0"
    with pytest.raises(OSError, match="No space left"):
        files.write_text("/more", "x")


def test_programs_cannot_fill_the_computers_memory() -> None:
    """However large the disk, the lab keeps a limited number of bytes, over holes as well."""
    files = Files(Disk(memory=Space(2 * MIB)))
    files.allocate("/holes", 100 * MIB)
    file = files.open("/holes", "rb+")
    assert [file.write(b"x" * MIB) for _ in range(2)] == [MIB, MIB]
    with pytest.raises(OSError, match="No space left"):
        file.write(b"x" * MIB)
    assert files.root.memory.used_bytes <= 2 * MIB
    files.write_bytes("/holes", b"")
    assert files.root.memory.used_bytes == 0
    files.write_bytes("/again", b"x" * MIB)


def test_a_removed_file_can_be_read_on_but_takes_no_more() -> None:
    """Who has it open reads it; writing raises ESTALE, so that no space is lost."""
    disk = Disk()
    files = Files(disk)
    files.write_text("/a", "text")
    with files.open("/a", "rb") as file:
        files.remove("/a")
        assert file.read() == b"text"
    files.write_text("/a", "")
    file = files.open("/a", "rb+")
    files.remove("/a")
    file.write(b"x")
    with pytest.raises(OSError, match="Stale file handle"):
        file.close()
    assert disk.space.used_bytes == disk.memory.used_bytes == 0


def test_a_copy_goes_its_own_way() -> None:
    """Copied or pickled, disks keep what they hold and share nothing that changes."""
    disk = Disk(Clock().now)
    files = Files(Disk(), [Mount("/m", disk)])
    files.write_text("/m/a", "a" * 100_000)
    for other in (copy.deepcopy(files), pickle.loads(pickle.dumps(files))):
        other.write_text("/m/a", "b")
        other.write_text("/m/b", "b")
        assert other.read_text("/m/a") == "b"
    assert files.listdir("/m") == ["a"]
    assert files.read_text("/m/a") == "a" * 100_000


def test_folders_as_deep_as_a_path_can_be_are_copied() -> None:
    """No depth of folders keeps a lab from being copied or saved."""
    files = Files(Disk())
    files.makedirs("/d" * 2000)
    for _ in range(3):
        files.makedirs("/up" + "/d" * 500)
        files.rename("/d", "/up" + "/d" * 500 + "/d")
        files.rename("/up", "/d")
    assert pickle.loads(pickle.dumps(copy.deepcopy(files))).listdir("/") == ["d"]


def test_a_path_that_is_none_is_refused() -> None:
    """Null bytes and paths over 4,096 bytes."""
    files = Files(Disk())
    with pytest.raises(ValueError, match="null byte"):
        files.write_text("/a\0b", "")
    with pytest.raises(OSError, match="File name too long"):
        files.makedirs("/a" * 3000)
    assert not files.exists("/a" * 3000)


NAMES = st.sampled_from(["a", "b", "c", "..", "."])
PATHS = st.sampled_from(["a", "b", "c/a"]) | st.lists(NAMES, min_size=1, max_size=4).map("/".join)
DATA = st.binary(max_size=40) | st.integers(65_530, 65_540).map(lambda size: b"x" * size)


class FilesAgainstADict(RuleBasedStateMachine):
    """Whatever programs do, the files are those of a dictionary of paths; None is a folder."""

    def __init__(self) -> None:
        super().__init__()
        self.files = Files(Disk(space=Space(300_000)), [Mount("/c", Disk(space=Space(100_000)))])
        self.model: dict[str, bytes | None] = {"/": None, "/c": None}

    def full(self, path: str) -> str:
        """The path that it is, from the root."""
        return posixpath.normpath("//" + path)[1:] or "/"

    def inside(self, path: str) -> list[str]:
        """All that is in a folder, at any depth."""
        return [
            each for each in self.model if each.startswith(path.rstrip("/") + "/") and each != path
        ]

    def room(self, path: str) -> int:
        """How many bytes are free where a path leads."""
        mounted = (path + "/").startswith("/c/")
        used = sum(
            len(data)
            for each, data in self.model.items()
            if data is not None and (each + "/").startswith("/c/") == mounted
        )
        return (100_000 if mounted else 300_000) - used

    def can_hold(self, path: str) -> bool:
        """Whether a file can be at a path: its folder is one, and it is none."""
        parent = self.model.get(posixpath.dirname(path), b"")
        return parent is None and self.model.get(path, b"") is not None

    @rule(path=PATHS, data=DATA, append=st.booleans())
    def write(self, path: str, data: bytes, append: bool) -> None:
        """A file has what was written, or what was before where there is no room."""
        full = self.full(path)
        before = self.model.get(full) or b""
        fits = len(data) <= self.room(full) + (0 if append else len(before))
        try:
            with self.files.open(path, "ab" if append else "wb") as file:
                file.write(data)
        except OSError:
            assert not (self.can_hold(full) and fits)
            if self.can_hold(full):
                self.model[full] = before if append else b""
        else:
            assert self.can_hold(full)
            assert fits
            self.model[full] = before + data if append else data

    @rule(path=PATHS, at=st.integers(0, 70_000), data=DATA)
    def overwrite(self, path: str, at: int, data: bytes) -> None:
        """Bytes are put in the middle of a file; a gap is filled with zeros."""
        full = self.full(path)
        before = self.model.get(full)
        if before is None or max(at + len(data) - len(before), 0) > self.room(full):
            return
        with self.files.open(path, "rb+") as file:
            file.seek(at)
            file.write(data)
        if data:
            self.model[full] = before[:at].ljust(at, b"\0") + data + before[at + len(data) :]

    @rule(path=PATHS, size=st.integers(0, 70_000))
    def truncate(self, path: str, size: int) -> None:
        """A file is cut off, or lengthened by zeros."""
        full = self.full(path)
        before = self.model.get(full)
        if before is None or size - len(before) > self.room(full):
            return
        with self.files.open(path, "rb+") as file:
            file.truncate(size)
        self.model[full] = before[:size].ljust(size, b"\0")

    @rule(path=PATHS)
    def makedirs(self, path: str) -> None:
        """All folders on the way are made, unless a file is among them."""
        full = self.full(path)
        parts = full.split("/")[1:]
        way = (
            ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]
            if full != "/"
            else []
        )
        possible = full not in self.model and all(self.model.get(each) is None for each in way)
        try:
            self.files.makedirs(path)
        except OSError:
            assert not possible
        else:
            assert possible
            self.model.update(dict.fromkeys(way))

    @rule(path=PATHS)
    def remove(self, path: str) -> None:
        """A file or an empty folder goes; a mount point does not."""
        full = self.full(path)
        possible = full in self.model and full not in ("/", "/c") and not self.inside(full)
        try:
            self.files.remove(path)
        except OSError:
            assert not possible
        else:
            assert possible
            del self.model[full]

    @rule(old=PATHS, new=PATHS)
    def rename(self, old: str, new: str) -> None:
        """A file or folder moves with all that is in it, within one file system."""
        source, target = self.full(old), self.full(new)
        try:
            self.files.rename(old, new)
        except OSError:
            return
        assert source in self.model
        assert (source + "/").startswith("/c/") == (target + "/").startswith("/c/")
        assert not self.inside(target) or source == target
        moved = {each: self.model.pop(each) for each in [source, *self.inside(source)]}
        self.model.update({target + each[len(source) :]: data for each, data in moved.items()})

    @rule()
    def copy(self) -> None:
        """A copy stands for the original."""
        self.files = copy.deepcopy(self.files)

    @invariant()
    def all_is_as_in_the_model(self) -> None:
        """The same paths, the same bytes, the same space used."""
        found: dict[str, bytes | None] = {}
        folders = ["/"]
        while folders:
            folder = folders.pop()
            found[folder] = None
            for name in self.files.listdir(folder):
                path = posixpath.join(folder, name)
                if self.files.is_dir(path):
                    folders.append(path)
                else:
                    found[path] = self.files.read_bytes(path)
        assert found == self.model
        for path, limit in (("/", 300_000), ("/c", 100_000)):
            assert self.files.space(path)[1] == limit - self.room(path)


FilesAgainstADict.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None
)
TestFilesAgainstADict = FilesAgainstADict.TestCase
