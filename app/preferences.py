"""One documented table of this workstation's settings; nothing about patients or the clinic.

They live beside the database in ``preferences.json`` and may be read before anyone signs in.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from platformdirs import user_data_path


@dataclass(frozen=True, slots=True)
class Preferences:
    """Settings of one workstation.

    Attributes
    ----------
    theme
        ``dark`` or ``light``.
    idle_lock_minutes
        Minutes without a key or mouse movement until the curtain falls.
    background_seconds
        Seconds between two turns of the outboxes (notices and sync).
    memory_budget_mb
        Largest study, in MB of voxels, that is read into memory.
    analysis_device
        What the models run on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    analysis_deterministic
        Whether the same series always gives bit-identical output; slower.
    analysis_threads
        Processor threads of an analysis; 0 stands for the physical cores.
    analysis_memory_mb
        What an analysis may take; 0 stands for most of what is free when it begins.
    language_memory_mb
        What the language model may take; 0 stands for most of what is free when it starts.
    spelling
        Whether the English spelling of reports is checked while they are written.
    language
        The language of the sign-in, and of patients whose own is not known: a BCP 47 tag, or
        empty where nobody chose one.
    """

    theme: str = "dark"
    idle_lock_minutes: int = 5
    background_seconds: int = 15
    memory_budget_mb: int = 4096
    analysis_device: str = "auto"
    analysis_deterministic: bool = False
    analysis_threads: int = 0
    analysis_memory_mb: int = 0
    language_memory_mb: int = 0
    spelling: bool = True
    language: str = ""


def home_folder() -> Path:
    """Folder that holds everything this workstation keeps; ``SAGITTAL_HOME`` overrides it."""
    named = os.environ.get("SAGITTAL_HOME")
    return Path(named) if named else user_data_path("sagittal", appauthor=False)


def load(folder: Path) -> Preferences:
    """Preferences of the folder; unknown or ill-typed entries fall back to their defaults."""
    try:
        stored = json.loads((folder / "preferences.json").read_text("utf-8"))
    except (OSError, ValueError):
        return Preferences()
    if not isinstance(stored, dict):
        return Preferences()
    known = {
        field.name: stored[field.name]
        for field in fields(Preferences)
        if type(stored.get(field.name)) is type(field.default)
    }
    return Preferences(**known)


def save(folder: Path, preferences: Preferences) -> None:
    """Write the preferences whole, so that a crash leaves the old or the new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "preferences.json.part"
    part.write_text(json.dumps(asdict(preferences), indent=2), "utf-8")
    part.replace(folder / "preferences.json")
