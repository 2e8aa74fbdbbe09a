"""What was named on the command line, as the drops that are read together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ALONE = (".nii", ".nii.gz", ".zip")


@dataclass(frozen=True, slots=True)
class Drop:
    """Paths read as one; ``shown`` is how answers name them, ``fault`` why they are not read."""

    shown: str
    paths: tuple[Path, ...]
    fault: str = ""


def drops(paths: Sequence[str]) -> list[Drop]:
    """Return the drops in the order they were named.

    A folder, an archive and a NIfTI file stand for themselves. All other files that lie in one
    folder are slices of whatever they are slices of, so they are read together and named by it.
    """
    found: dict[str, Drop] = {}
    slices: dict[str, list[str]] = {}
    for shown in paths:
        fault = _fault(Path(shown))
        if not fault and Path(shown).is_file() and not shown.lower().endswith(_ALONE):
            folder = str(Path(shown).parent)
            slices.setdefault(folder, []).append(shown)
            found.setdefault(f"slices of {folder}", Drop(folder, ()))
        else:
            found.setdefault(shown, Drop(shown, (Path(shown),), fault))
    return [_with_slices(drop, slices) for drop in found.values()]


def _with_slices(drop: Drop, slices: dict[str, list[str]]) -> Drop:
    if drop.paths:
        return drop
    files = list(dict.fromkeys(slices[drop.shown]))
    shown = files[0] if len(files) == 1 else drop.shown
    return Drop(shown, tuple(Path(name) for name in files))


def _fault(path: Path) -> str:
    try:
        path.stat()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        return "there is no such file or folder" if missing else "it cannot be looked at"
    return "" if os.access(path, os.R_OK) else "this user may not read it"
