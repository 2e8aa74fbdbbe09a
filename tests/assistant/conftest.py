"""Reports and findings that the claims about writing share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from assistant.drafting.report import draft_sections
from assistant.records import Report, ReportStatus, Section, Signature
from inference.records import Finding, FindingStatus, Measurement, Run, RunOutcome
from viewer.records import Geometry, GeometryKind, Series, Study

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)  # a Wednesday
STUDY = Study("1.2.3", "p1", NOW, "MRI head with contrast", date(2026, 3, 17))
SERIES = Series(
    "1.2.3.4",
    "1.2.3",
    "T1 axial post contrast",
    "MR",
    5,
    (22, 512, 512),
    (0.49, 0.49, 6.5),
    "int16",
    tuple(float(row == column) for row in range(4) for column in range(4)),
    Geometry(GeometryKind.REGULAR, 0.01),
    {"EchoTime": "9", "RepetitionTime": "600", "ContrastBolusAgent": "gadolinium"},
    "pixels",
)
RUN = Run("r1", "1.2.3", "1.2.3.4", "lesion-net", "1.0", "ab" * 32, "cpu", NOW, 3.0,
          RunOutcome.FINDINGS)  # fmt: skip
SIGNATURE = Signature("d1", "Dr. Keller", "reviewed", NOW, "00" * 32, "11" * 64, "22" * 32)


def finding(
    status: FindingStatus = FindingStatus.ACCEPTED,
    *,
    side: str = "right",
    place: str = "frontal lobe",
    size: float | None = 34.2,
    volume: float | None = 12_400.0,
    kind: str = "glioma",
    chance: float = 0.9,
    name: str = "f1",
) -> Finding:
    """A finding as the measuring folder gives it."""
    measured = []
    if size is not None:
        measured.append(Measurement("longest diameter", size, "mm", "outline"))
    if volume is not None:
        measured.append(Measurement("volume", volume, "mm3", "voxels"))
    rest = tuple((one, (1 - chance) / 2) for one in ("glioma", "meningioma", "pituitary")
                 if one != kind)  # fmt: skip
    return Finding(
        name, "1.2.3", "1.2.3.4", "52988006", "Enhancing lesion", status, (10.0, -20.0, 30.0),
        11, side, place, tuple(measured), 0.97, ((kind, chance), *rest), "r1",
    )  # fmt: skip


MakeReport = Callable[..., Report]


@pytest.fixture
def make_report() -> MakeReport:
    """Builds a report from findings; any section may be replaced, signed unless told otherwise."""

    def build(*findings: Finding, signed: bool = True, **texts: str) -> Report:
        sections = draft_sections(STUDY, (SERIES,), findings, (RUN,))
        named = {section.title: section for section in sections}
        for title, text in texts.items():
            named[title.capitalize()] = Section(title.capitalize(), text)
        status = ReportStatus.FINAL if signed else ReportStatus.PARTIAL
        return Report(
            "rep1", 1, "1.2.3", "p1", "d1", status, NOW, tuple(named.values()), findings,
            signature=SIGNATURE if signed else None,
        )  # fmt: skip

    return build
