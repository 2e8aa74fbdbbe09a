"""The sets of this folder as records, and the verdict on one answer."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from assistant.records import Report, ReportStatus, Section, Sentence, Signature
from inference.records import Finding, FindingStatus, Measurement

DEVELOPING = ("developing", "developing_more")
KEPT = ("kept",)
_TITLES = ("technique", "comparison", "findings", "impression", "addendum")
_NOW = datetime(2027, 3, 9, 15, 0, tzinfo=UTC)
_SIGNATURE = Signature("d1", "Dr. Keller", "reviewed", _NOW, "00" * 32, "11" * 64, "22" * 32)
_KINDS = ("glioma", "meningioma", "pituitary")


@dataclass(frozen=True)
class Asked:
    """One question; ``gold`` are parts of sentences that hold the answer, none if none does."""

    report: str
    language: str
    text: str
    gold: tuple[str, ...]


@cache
def _rows(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        found |= tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
    return found


def reports(names: tuple[str, ...]) -> dict[str, Report]:
    """The reports of some sets as signed records, by name."""
    return {name: _report(name, row) for name, row in _rows(names).items()}


def questions(names: tuple[str, ...]) -> tuple[Asked, ...]:
    """The questions of some sets, in order."""
    return tuple(
        Asked(name, language, text, tuple(one for one in gold.split("|") if one))
        for name, row in _rows(names).items()
        for language, text, gold in row["asked"]
    )


def _report(name: str, row: dict[str, Any]) -> Report:
    return Report(
        id=name,
        version=1,
        study_uid="1.2.3",
        patient_id="p1",
        author_id="d1",
        status=ReportStatus.APPENDED if "addendum" in row else ReportStatus.FINAL,
        updated_at=_NOW,
        sections=tuple(Section(one.capitalize(), row[one]) for one in _TITLES if one in row),
        findings=(_finding(*row["finding"]),) if "finding" in row else (),
        signature=_SIGNATURE,
    )


def _finding(side: str, place: str, size: float, kind: str, status: str) -> Finding:
    rest = tuple((one, 0.05) for one in _KINDS if one != kind)
    return Finding(
        "f1", "1.2.3", "1.2.3.4", "52988006", "Enhancing lesion", FindingStatus(status),
        (10.0, -20.0, 30.0), 11, side, place,
        (Measurement("longest diameter", size, "mm", "outline"),), 0.9, ((kind, 0.9), *rest), "r1",
    )  # fmt: skip


def verdict(told: Sequence[Sentence], asked: Asked) -> str:
    """``right``, ``missed`` (nothing said), ``other`` (something else said) or ``false``.

    A passage is right only where one is wanted, and no harm where the report does not say it.
    """
    sources = {one.source for said in told for one in said.citations}
    if not asked.gold:
        return "false" if any(one.startswith("report:") for one in sources) else "right"
    if not told:
        return "missed"
    whole = " ".join(one.quote for said in told for one in said.citations)
    whole += " ".join(said.text for said in told)
    hit = any(one in whole or one in sources for one in asked.gold)
    return "right" if hit else "other"


def later() -> tuple[Asked, ...]:
    """Questions to all of the reports that were written when the rules were done."""
    rows = tomllib.loads((Path(__file__).parent / "later.toml").read_text("utf-8"))["asked"]
    return tuple(Asked(name, lang, text, tuple(gold.split("|"))) for name, lang, text, gold in rows)


def not_said() -> tuple[Asked, ...]:
    """Questions near to what the developing reports say, which none of them answers."""
    rows = tomllib.loads((Path(__file__).parent / "not_said.toml").read_text("utf-8"))["asked"]
    return tuple(Asked(name, language, text, ()) for name, language, text in rows)
