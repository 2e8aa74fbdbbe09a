"""What the program and the analysis process say to one another; light, so that both may load it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference import errors
from inference.errors import InferenceError
from inference.pipeline.findings import Origin
from inference.pipeline.outcome import Outcome
from inference.ports import Question
from viewer.records import Series


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One series to analyse; the voxels and both results live in shared memory.

    ``series`` says what the header states of the picture, without the names of files.
    ``shape`` is (slices, rows, columns). ``budget`` is the bytes the job may take. With a
    ``question`` only that is answered, and nothing is looked for. A ``trial`` is of a model, not
    of the series: nothing of it is judged or found, and the answer is a Trial.
    """

    origin: Origin
    series: Series
    shape: tuple[int, int, int]
    dtype: str
    affine: NDArray[np.float64]
    voxels: str
    labels: str
    heat: str
    budget: int
    question: Question | None = None
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """The models are loaded on this device."""

    device: str


@dataclass(frozen=True, slots=True)
class Step:
    """Progress, 0..1, and what is being done."""

    fraction: float
    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended in one of the folder's errors, named, with its message."""

    error: str
    text: str

    def as_error(self) -> InferenceError:
        """Return the error it tells of; the folder's root error where it names none of them."""
        kind = getattr(errors, self.error, InferenceError)
        known = isinstance(kind, type) and issubclass(kind, InferenceError)
        return kind(self.text) if known else InferenceError(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """The job's outcome; its arrays were left in shared memory and are None in here."""

    outcome: Outcome
    has_labels: bool
    has_heat: bool
