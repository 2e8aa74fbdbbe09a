"""Encrypted pixel files: AES-256-GCM in a STREAM of 256 KiB chunks, outside the database.

The header (dtype, shape, length, key id, salt, the file's own id) is authenticated data of
every chunk; nonces count the chunks and mark the last one, so that a chunk altered, moved,
dropped or appended is noticed. Each file has a key of its own, by HKDF from the key of its
patient. Arrays are read straight into ``numpy.empty``: no large bytes object is ever made,
since that would hold the interpreter and freeze the window.
"""

from __future__ import annotations

import math
import os
import secrets
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from app.accounts.slots import expand
from app.errors import DamagedFileError, DiskFullError
from app.storage.files import PART, make_private, write_whole
from viewer.ports import Progress

_MAGIC = b"SGTL\x00\x01\r\n"
_HEADER = struct.Struct(">8s16s16s32s8sBQ")
_AXIS = struct.Struct(">Q")
_CHUNK = 256 * 1024
_TAG = 16
_MOST_AXES = 8
_RESERVE = 64 * 1024 * 1024
_KINDS = frozenset("biufc")
_DAMAGED = "An image file is damaged. The other images are not affected."


class PatientKeys(Protocol):
    """Where the keys of patients are kept, wrapped, in the database."""

    def of_patient(self, patient_id: str) -> tuple[bytes, bytes]:
        """Return id (16 bytes) and key (32 bytes), made and kept at the first call."""

    def of_id(self, key_id: bytes) -> bytes:
        """Return the key of that id, or raise DamagedFileError."""


class PixelFiles:
    """Arrays and headers in encrypted files named by random ids.

    ``put`` returns when the file is durable, so a row that names it may be committed. A file
    that no row names is swept later. Safe to call from several threads.
    """

    def __init__(self, folder: Path, keys: PatientKeys) -> None:
        self._folder = folder
        self._keys = keys
        make_private(folder)

    def put(
        self, array: NDArray[np.generic], patient_id: str, progress: Progress | None = None
    ) -> str:
        """Store an array of any shape (up to 8 axes) and numeric dtype; return its file id.

        Raises
        ------
        DiskFullError
            There is no room; nothing is left behind.
        """
        if array.dtype.kind not in _KINDS or array.ndim > _MOST_AXES:
            raise ValueError(f"no pixels of {array.dtype} in {array.ndim} axes")
        key_id, patient_key = self._keys.of_patient(patient_id)
        self._check_room(array.nbytes)
        identity, salt = secrets.token_bytes(16), secrets.token_bytes(32)
        header = _header(identity, key_id, salt, array)
        cipher = _cipher(patient_key, salt, identity)
        path = self._path(identity.hex())
        make_private(path.parent)
        write_whole(path, _encrypted(header, cipher, _flat(array), progress))
        return identity.hex()

    def get(self, file_id: str, progress: Progress | None = None) -> NDArray[np.generic]:
        """Return the array as it was stored, or raise DamagedFileError."""
        with self._open(file_id) as file:
            return self._read(file, bytes.fromhex(file_id), progress)

    def get_slice(self, file_id: str, k: int) -> NDArray[np.generic]:
        """Return one entry along the first axis; see ``get_slices``."""
        return np.asarray(self.get_slices(file_id, k, k + 1)[0])

    def get_slices(self, file_id: str, start: int, stop: int) -> NDArray[np.generic]:
        """Return entries ``start`` to ``stop`` along the first axis, decrypting no other chunk.

        Each chunk is authenticated by itself, with the header that names its place, so what is
        returned is what was stored; raises DamagedFileError otherwise.
        """
        with self._open(file_id) as file:
            return self._read_slices(file, bytes.fromhex(file_id), start, stop)

    def size_of(self, file_id: str) -> int:
        """Return how many bytes the array takes once decrypted, without decrypting it."""
        with self._open(file_id) as file:
            _, shape, kind, _ = self._opened(file, bytes.fromhex(file_id))
        return math.prod(shape) * kind.itemsize

    def put_bytes(self, data: bytes, patient_id: str) -> str:
        """Store a small document, e.g. header JSON; return its file id."""
        return self.put(np.frombuffer(data, np.uint8), patient_id)

    def get_bytes(self, file_id: str) -> bytes:
        """Return a small document as it was stored, or raise DamagedFileError."""
        return self.get(file_id).tobytes()

    def sweep(self, named: frozenset[str], older_than_s: float, now_s: float) -> int:
        """Remove part files and files no row names, if older; return how many went."""
        gone = 0
        for path in self._folder.glob("??/*"):
            unwanted = path.name.endswith(PART) or path.name not in named
            if unwanted and now_s - path.stat().st_mtime > older_than_s:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _read(
        self, file: BinaryIO, identity: bytes, progress: Progress | None
    ) -> NDArray[np.generic]:
        header, shape, kind, cipher = self._opened(file, identity)
        array = np.empty(shape, kind)
        _decrypt(file, header, cipher, _flat(array), progress)
        return array

    def _read_slices(
        self, file: BinaryIO, identity: bytes, start: int, stop: int
    ) -> NDArray[np.generic]:
        header, shape, kind, cipher = self._opened(file, identity)
        if not shape or not 0 <= start < stop <= shape[0]:
            raise IndexError(f"no entries {start} to {stop} along the first of the axes {shape}")
        entry = math.prod(shape[1:]) * kind.itemsize
        length, first = shape[0] * entry, start * entry // _CHUNK
        end = min(-(-stop * entry // _CHUNK) * _CHUNK, length)
        plain = np.empty(end - first * _CHUNK, np.uint8)
        _decrypt(file, header, cipher, plain, None, span=(first, _chunks(length)))
        skipped = start * entry - first * _CHUNK
        wanted = plain[skipped : skipped + (stop - start) * entry]
        return wanted.view(kind).reshape(stop - start, *shape[1:])

    @contextmanager
    def _open(self, file_id: str) -> Iterator[BinaryIO]:
        path = self._path(file_id)
        try:
            with path.open("rb", buffering=0) as file:
                yield file
        except (OSError, InvalidTag, struct.error) as error:
            raise DamagedFileError(_DAMAGED) from error

    def _opened(
        self, file: BinaryIO, identity: bytes
    ) -> tuple[bytes, tuple[int, ...], np.dtype[np.generic], AESGCM]:
        """Read and check the header; return it with the array's layout and the file's cipher."""
        fixed = file.read(_HEADER.size)
        magic, own, key_id, salt, dtype, axes, length = _HEADER.unpack(fixed)
        if magic != _MAGIC or own != identity or axes > _MOST_AXES:
            raise DamagedFileError(_DAMAGED)
        header = fixed + file.read(axes * _AXIS.size)
        shape = tuple(at[0] for at in _AXIS.iter_unpack(header[_HEADER.size :]))
        kind = _dtype(dtype)
        size = len(header) + length + _TAG * _chunks(length)
        if math.prod(shape) * kind.itemsize != length or os.fstat(file.fileno()).st_size != size:
            raise DamagedFileError(_DAMAGED)
        return header, shape, kind, _cipher(self._keys.of_id(key_id), salt, identity)

    def _path(self, file_id: str) -> Path:
        if len(file_id) != 32 or not set(file_id) <= set("0123456789abcdef"):
            raise DamagedFileError(_DAMAGED)
        return self._folder / file_id[:2] / file_id

    def _check_room(self, length: int) -> None:
        if shutil.disk_usage(self._folder).free < length + _RESERVE:
            raise DiskFullError("The disk is nearly full. Nothing was stored; make room first.")


def _header(identity: bytes, key_id: bytes, salt: bytes, array: NDArray[np.generic]) -> bytes:
    dtype = array.dtype.str.encode().ljust(8, b"\0")
    fixed = _HEADER.pack(_MAGIC, identity, key_id, salt, dtype, array.ndim, array.nbytes)
    return fixed + b"".join(_AXIS.pack(length) for length in array.shape)


def _dtype(code: bytes) -> np.dtype[np.generic]:
    try:
        kind: np.dtype[np.generic] = np.dtype(code.rstrip(b"\0").decode("ascii"))
    except (TypeError, ValueError) as error:
        raise DamagedFileError(_DAMAGED) from error
    if kind.kind not in _KINDS or kind.itemsize == 0:
        raise DamagedFileError(_DAMAGED)
    return kind


def _flat(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return the array's bytes without a copy where it is C-contiguous already."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def _chunks(length: int) -> int:
    return max(1, -(-length // _CHUNK))


def _cipher(patient_key: bytes, salt: bytes, identity: bytes) -> AESGCM:
    return AESGCM(expand(patient_key, b"pixel-file|" + identity, salt))


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def _encrypted(
    header: bytes, cipher: AESGCM, plain: NDArray[np.uint8], progress: Progress | None
) -> Iterator[memoryview]:
    yield memoryview(header)
    source, buffer = plain.data, memoryview(bytearray(_CHUNK + _TAG))
    count = _chunks(len(plain))
    for index in range(count):
        piece = source[index * _CHUNK : (index + 1) * _CHUNK]
        sealed = buffer[: len(piece) + _TAG]
        cipher.encrypt_into(_nonce(index, last=index == count - 1), piece, header, sealed)
        yield sealed
        if progress is not None:
            progress((index + 1) / count, "Encrypting images")


def _decrypt(
    file: BinaryIO,
    header: bytes,
    cipher: AESGCM,
    target: NDArray[np.uint8],
    progress: Progress | None,
    span: tuple[int, int] | None = None,
) -> None:
    """Fill target from the file; with ``span`` it begins at that chunk, of so many in all."""
    plain, buffer = target.data, memoryview(bytearray(_CHUNK + _TAG))
    first, count = span or (0, _chunks(len(target)))
    file.seek(len(header) + first * (_CHUNK + _TAG))
    mine = _chunks(len(target))
    for index in range(first, first + mine):
        room = plain[(index - first) * _CHUNK : (index - first + 1) * _CHUNK]
        sealed = buffer[: len(room) + _TAG]
        if file.readinto(sealed) != len(sealed):  # type: ignore[attr-defined]  # unbuffered file
            raise DamagedFileError(_DAMAGED)
        cipher.decrypt_into(_nonce(index, last=index == count - 1), sealed, header, room)
        if progress is not None:
            progress((index - first + 1) / mine, "Decrypting images")
