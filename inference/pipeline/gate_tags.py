"""What the tags of a series tell, and how clearly."""

from __future__ import annotations

from dataclasses import dataclass

from inference.pipeline.sequence import (
    Sequence,
    contrast_given,
    described_sequence,
    measured_sequence,
)
from viewer.records import Series

TRAINED = "the model was trained on T1 after contrast"


@dataclass(frozen=True, slots=True)
class Told:
    """``said`` by the description, ``measured`` from times, contrast ``given`` or not or unsaid.

    ``by_name`` is True where there is no tag at all and the description is a file's name: that is
    believed where the pictures agree. ``head`` is True where a tag names the head.
    """

    said: Sequence
    measured: Sequence
    given: bool | None
    by_name: bool
    head: bool

    @property
    def t1(self) -> bool:
        """Whether anything says T1."""
        return Sequence.T1 in {self.said, self.measured}

    @property
    def clear(self) -> bool:
        """Whether tags say T1 after contrast by themselves."""
        return self.t1 and self.given is True and not self.by_name


def tell(series: Series) -> Told:
    """Return what the tags of ``series`` say."""
    return Told(
        said=described_sequence(series.description),
        measured=measured_sequence(series.physics),
        given=contrast_given(series),
        by_name=not series.physics,
        head=bool(series.physics.get("BodyPartExamined", "").strip()),
    )
