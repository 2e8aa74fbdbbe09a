"""Just enough of the protobuf wire format to look into an ONNX file without running anything."""

from __future__ import annotations

from collections import defaultdict

from inference.errors import OwnModelError

_MOST_FIELDS = 2_000_000
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


class Message:
    """One message's fields by number: whole numbers, or views of the bytes; nothing is copied."""

    def __init__(self, view: memoryview) -> None:
        self._numbers: defaultdict[int, list[int]] = defaultdict(list)
        self._parts: defaultdict[int, list[memoryview]] = defaultdict(list)
        self._read(view)

    def number(self, field: int, default: int = 0) -> int:
        """Return the last whole number of a field."""
        return self._numbers[field][-1] if self._numbers[field] else default

    def numbers(self, field: int) -> list[int]:
        """Return a repeated field's whole numbers, packed or not."""
        found = list(self._numbers[field])
        for part in self._parts[field]:
            at = 0
            while at < len(part):
                value, at = _varint(part, at)
                found.append(value)
        return found

    def parts(self, field: int) -> list[memoryview]:
        """Return the bytes of each occurrence of a field."""
        return self._parts[field]

    def messages(self, field: int) -> list[Message]:
        """Return each occurrence of a field as a message."""
        return [Message(part) for part in self._parts[field]]

    def text(self, field: int) -> str:
        """Return a text field; at most 200 characters of it."""
        parts = self._parts[field]
        return bytes(parts[-1][:200]).decode("utf-8", "replace") if parts else ""

    def has(self, field: int) -> bool:
        """Whether the field is there at all."""
        return bool(self._parts[field] or self._numbers[field])

    def _read(self, view: memoryview) -> None:
        at = count = 0
        while at < len(view):
            key, at = _varint(view, at)
            field, kind = key >> 3, key & 7
            count += 1
            if count > _MOST_FIELDS or field == 0:
                raise OwnModelError("The ONNX file is damaged.")
            if kind == _VARINT:
                value, at = _varint(view, at)
                self._numbers[field].append(value)
                continue
            if kind not in {_EIGHT, _BYTES, _FOUR}:
                raise OwnModelError("The ONNX file is damaged.")
            length = 8 if kind == _EIGHT else 4
            if kind == _BYTES:
                length, at = _varint(view, at)
            if length > len(view) - at:
                raise OwnModelError("The ONNX file is cut short.")
            self._parts[field].append(view[at : at + length])
            at += length


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(view):
            break
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise OwnModelError("The ONNX file is damaged.")
