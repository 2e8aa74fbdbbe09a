"""The frozen sets, read from their files; reports become the program's own records."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from assistant.records import Report, ReportStatus, Section, Signature
from inference.records import Finding, FindingStatus, Measurement

FOLDER = Path(__file__).parent
SIGNED = datetime(2027, 3, 9, 15, 0, tzinfo=UTC)
"""The day before the `now` of the scheduling set."""
_SIGNATURE = Signature("d1", "Dr. Keller", "reviewed", SIGNED, "00" * 32, "11" * 64, "22" * 32)
_KINDS = {"glioma": "glioma", "meningioma": "meningioma", "pituitary adenoma": "pituitary"}
_STATUS = {"accepted": FindingStatus.ACCEPTED, "rejected": FindingStatus.REJECTED}

Row = dict[str, Any]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The lines of one set."""
    text = (FOLDER / f"{name}.jsonl").read_text("utf-8")
    return tuple(json.loads(line) for line in text.splitlines() if line.strip())


@cache
def reports() -> dict[str, Report]:
    """The forty reports as signed records, by id."""
    return {row["id"]: as_report(row) for row in rows("reports")}


def as_report(row: Row, *, patient_id: str = "p1") -> Report:
    """A signed report of a row of `reports.jsonl`.

    The templates of this program write a recommendation into the impression, so it goes there.
    """
    texts = {part["name"]: part["text"] for part in row["sections"]}
    advice = texts.pop("Recommendation", "")
    if advice:
        texts["Impression"] = f"{texts['Impression']} Recommendation: {advice}"
    found = [one for one in row["findings"] if one["label"] != "normal"]
    return Report(
        id=row["id"],
        version=1,
        study_uid=f"1.2.{row['id'][1:]}",
        patient_id=patient_id,
        author_id="d1",
        status=ReportStatus.APPENDED if "Addendum" in texts else ReportStatus.FINAL,
        updated_at=SIGNED,
        sections=tuple(Section(title, text) for title, text in texts.items()),
        findings=tuple(_finding(one, f"f{n}") for n, one in enumerate(found, 1)),
        signature=_SIGNATURE,
    )


def _finding(one: Row, name: str) -> Finding:
    side = one["side"] if one["side"] in {"left", "right", "midline"} else ""
    size = one["size_mm"]
    measured = () if size is None else (Measurement("longest diameter", size, "mm", "outline"),)
    kind = _KINDS.get(one["label"])
    others = [other for other in _KINDS.values() if other != kind]
    spread = ((kind, 0.9), *((other, 0.05) for other in others)) if kind else ()
    return Finding(
        name,
        "1.2.3",
        "1.2.3.4",
        "52988006",
        "Enhancing lesion",
        _STATUS[one["verdict"]],
        (10.0, -20.0, 30.0),
        11,
        side,
        one["location"],
        measured,
        one["probability"],
        spread,
        "r1",
    )


def digests() -> dict[str, str]:
    """SHA-256 of every set and of the mutations, as they are."""
    written = ("*.jsonl", "mutate*.py", "mutation_words*.py")
    files = [one for pattern in written for one in FOLDER.glob(pattern)]
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def frozen() -> dict[str, str]:
    """SHA-256 of the same files as they were frozen."""
    lines = (FOLDER / "frozen.sha256").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}
