"""What the tests of measurements start from."""

from __future__ import annotations

from datetime import UTC, datetime

from viewer.records import Annotation, AnnotationKind, Vector3


def drawn(
    kind: AnnotationKind,
    points: list[Vector3],
    right: Vector3 = (1.0, 0.0, 0.0),
    down: Vector3 = (0.0, 1.0, 0.0),
    mm_per_px: float = 0.1,
) -> Annotation:
    """What somebody drew through these points on a plane."""
    return Annotation("a", "1", "2", kind, tuple(points), right, down, mm_per_px, datetime.now(UTC))
