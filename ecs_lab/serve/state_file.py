"""A lab kept in a file between two runs of `ecs-lab serve`.

The file holds Python objects, and reading those runs code that is in them. So each file is signed
with a key that never leaves this user's data folder, and a file without a good signature is not
read. The first line says what the file is, in JSON; the rest is compressed.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import pickle
import platform
import secrets
import tempfile
import threading
import weakref
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cloudpickle
from cryptography.hazmat.primitives import serialization

from ecs_lab import __version__
from ecs_lab.aws.world import World
from ecs_lab.paths import data_dir

MARK = "ecs-lab state"
FORMAT = 1
_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}


class StateFileError(Exception):
    """A state file that cannot be read or written: one sentence, with the next step."""


def save(world: World, path: Path) -> None:
    """Write the lab's state; what was in the file before is replaced at once, or not at all."""
    world.close()
    try:
        body = zlib.compress(_dump(world), 6)
    except Exception as error:
        raise StateFileError(
            f"The lab's state was not saved, because {_what(world)} cannot be stored: {error}. "
            f"{path} is as it was before."
        ) from error
    head = {"is": MARK, "format": FORMAT, **_versions(), "signature": _signature(body)}
    try:
        _write(path, json.dumps(head).encode() + b"\n" + body)
    except OSError as error:
        raise StateFileError(f"The lab's state was not saved: {path}: {error.strerror}.") from error


def load(path: Path) -> World:
    """The lab of a file that `save` wrote; raises StateFileError for any other, before anything of
    it is run.
    """
    head, body = _parts(path)
    if not hmac.compare_digest(str(head.get("signature")), _signature(body)):
        raise StateFileError(
            f"{path} was not written by you on this machine, or was changed since; it could "
            "run code of somebody else's, so it is not read. Start without --load."
        )
    if head.get("format") != FORMAT or any(head.get(k) != v for k, v in _versions().items()):
        was = ", ".join(f"{name} {head.get(name)}" for name in _versions())
        now = ", ".join(f"{name} {value}" for name, value in _versions().items())
        raise StateFileError(
            f"{path} was saved with {was}, and this is {now}: labs are not carried over from one "
            "version to another. Use those versions, or start without --load."
        )
    world = pickle.loads(zlib.decompress(body))  # noqa: S301 - only what this user's key has signed
    if not isinstance(world, World):
        raise StateFileError(f"{path} holds no lab. Start without --load.")
    return world


def is_ours(path: Path) -> bool:
    """Whether a file is a state file of the lab's, of whatever version."""
    try:
        _parts(path)
    except StateFileError:
        return False
    return True


def _parts(path: Path) -> tuple[dict[str, Any], bytes]:
    """The first line and the rest of a state file."""
    try:
        first, _, body = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise StateFileError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        head = json.loads(first)
    except ValueError:
        head = None
    if not isinstance(head, dict) or head.get("is") != MARK:
        raise StateFileError(
            f"{path} is no state of a lab: give a file that 'ecs-lab serve --save' wrote."
        )
    return head, body


def _versions() -> dict[str, str]:
    """What has to be the same for a lab to be read again."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"ecs_lab": __version__, "moto": version("moto"), "Python": python}


def _signature(body: bytes) -> str:
    return hmac.new(_key(), body, hashlib.sha256).hexdigest()


def _key() -> bytes:
    """This user's key, made when it is first needed."""
    path = data_dir() / "state.key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, secrets.token_bytes(32))  # readable by this user alone
        return path.read_bytes()


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _what(world: World) -> str:
    """What of a lab cannot be stored: the image that was pushed, where it is one."""
    containers = world.containers
    for digest, program in containers.images.items():
        try:
            cloudpickle.dumps(program)
        except Exception:  # an app may hold anything
            return f"the app of the image {containers.image_names[digest]}"
    return "something in it"


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc] # cloudpickle has no types
    """Stores what moto keeps and Python's pickle does not take: functions made inside functions
    (by cloudpickle), locks, weak references and private keys.
    """

    def reducer_override(self, obj: Any) -> Any:
        if type(obj) in _LOCKS:
            return _LOCKS[type(obj)], ()
        if isinstance(obj, weakref.ref):
            return weakref.ref, (obj(),)
        if hasattr(obj, "private_bytes") and type(obj).__module__.startswith("cryptography."):
            return _key_of, (_pem(obj),)
        return super().reducer_override(obj)


def _pem(key: Any) -> bytes:
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem


def _key_of(pem: bytes) -> Any:
    return serialization.load_pem_private_key(pem, None)


def _dump(world: World) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream).dump(world)
    return stream.getvalue()
