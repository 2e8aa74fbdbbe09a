"""Records to stored JSON and back: the same values that travel and are signed."""

from __future__ import annotations

from sync.wire.values import canonical, decode, encode, hints, instant, parse

__all__ = ["canonical", "decode", "encode", "hints", "instant", "parse"]
