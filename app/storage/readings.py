"""Counting how studies were read: modes, first impressions, times; never a name or a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class ReadStudy:
    """One reading that ended with a signature; None where no first impression was written.

    ``seconds`` go from opening to signature, with whatever came between.
    """

    mode: str
    first_lesion: bool | None
    confidence: int
    final_lesion: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class CorrectedOutlines:
    """How often readers corrected a release's outlines, and the overlaps, smallest first."""

    release_id: int
    dice: tuple[float, ...]


_READ = text("""
SELECT signed.mode, wrote.lesion, coalesce(wrote.confidence, 0), signed.lesion,
    (julianday(signed.at) - julianday(opened.at)) * 86400.0
FROM read_step AS signed
JOIN study ON study.uid = signed.study_uid AND NOT study.simulated
JOIN read_step AS opened ON opened.seq = (
    SELECT max(step.seq) FROM read_step AS step WHERE step.study_uid = signed.study_uid
    AND step.reader_id = signed.reader_id AND step.kind = 'opened' AND step.seq < signed.seq)
LEFT JOIN read_step AS wrote ON wrote.seq = (
    SELECT max(step.seq) FROM read_step AS step WHERE step.study_uid = signed.study_uid
    AND step.reader_id = signed.reader_id AND step.kind = 'impression'
    AND step.seq BETWEEN opened.seq AND signed.seq)
WHERE signed.kind = 'signed' ORDER BY signed.seq
""")
_REJECTED = text("""
SELECT fact.release_id, finding.reject_reason, count(*)
FROM finding INDEXED BY ix_finding_rejected JOIN run_fact AS fact ON fact.run_id = finding.run_id
WHERE finding.status = 'rejected' GROUP BY fact.release_id, finding.reject_reason
""")
_OUTLINED = text("""
SELECT fact.release_id, json_extract(finding.outlined, '$.dice') AS dice
FROM finding INDEXED BY ix_finding_outlined JOIN run_fact AS fact ON fact.run_id = finding.run_id
WHERE finding.outlined IS NOT NULL AND dice IS NOT NULL ORDER BY fact.release_id, dice
""")


class ReadingShelf:
    """Counts how studies were read, why findings were rejected and how outlines were corrected."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> tuple[ReadStudy, ...]:
        """Return every reading that ended with a signature, the first one first."""
        return tuple(
            ReadStudy(
                str(mode),
                None if first is None else bool(first),
                int(confidence),
                bool(final),
                float(seconds),
            )
            for mode, first, confidence, final, seconds in self._connection.execute(_READ)
        )

    def rejected(self) -> Mapping[int, Mapping[str, int]]:
        """Return how often each reason was given, by release; "" is no reason."""
        found: dict[int, dict[str, int]] = {}
        for release, reason, count in self._connection.execute(_REJECTED):
            found.setdefault(int(release), {})[str(reason)] = int(count)
        return found

    def outlined(self) -> Mapping[int, CorrectedOutlines]:
        """Return the overlaps of corrected outlines with the model's, by release."""
        found: dict[int, list[float]] = {}
        for release, dice in self._connection.execute(_OUTLINED):
            found.setdefault(int(release), []).append(float(dice))
        return {one: CorrectedOutlines(one, tuple(values)) for one, values in found.items()}
