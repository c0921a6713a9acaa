"""Python's own errors of files, with Linux's words on every computer."""

from __future__ import annotations

import errno

TEXTS = {
    errno.EACCES: "Permission denied",
    errno.EBUSY: "Device or resource busy",
    errno.EEXIST: "File exists",
    errno.EINVAL: "Invalid argument",
    errno.EISDIR: "Is a directory",
    errno.ENAMETOOLONG: "File name too long",
    errno.ENOENT: "No such file or directory",
    errno.ENOSPC: "No space left on device",
    errno.ENOTDIR: "Not a directory",
    errno.ENOTEMPTY: "Directory not empty",
    errno.EPERM: "Operation not permitted",
    errno.EROFS: "Read-only file system",
    errno.ESTALE: "Stale file handle",
    errno.EXDEV: "Invalid cross-device link",
}


def failure(code: int, path: str | None = None) -> OSError:
    """The error of an errno: FileNotFoundError for ENOENT, PermissionError for EACCES, ...

    >>> failure(errno.ENOENT, "/data/a.txt")
    FileNotFoundError(2, 'No such file or directory')
    """
    return OSError(code, TEXTS[code], path) if path is not None else OSError(code, TEXTS[code])
