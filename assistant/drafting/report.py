"""From decided findings to the sections of a report draft.

Deterministic: every word comes from the study, the series facts and the findings the reader
accepted. What the machine proposes stands in ``machine_text`` beside the reader's text, so the
signed report shows who wrote what.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.drafting.comparing import comparison_lines
from assistant.drafting.composing import Line, Taken, composed
from assistant.drafting.measuring import (
    SIZE,
    VOLUME,
    is_confirmed,
    location,
    size_mm,
    spoken_ml,
    spoken_mm,
    volume_ml,
)
from assistant.drafting.recommendation import recommend
from assistant.guarding.lexicon import KINDS, words
from assistant.records import Section
from inference.records import Finding, FindingStatus, PriorComparison, Run, RunOutcome
from viewer.records import GeometryKind, Series, Study

__all__ = ["TITLES", "described_briefly", "draft_sections", "leading_kind"]

CLINICAL_QUESTION = "Clinical question"
TECHNIQUE = "Technique"
COMPARISON = "Comparison"
FINDINGS = "Findings"
IMPRESSION = "Impression"
TITLES = (CLINICAL_QUESTION, TECHNIQUE, COMPARISON, FINDINGS, IMPRESSION)

NOTHING_RECORDED = "No enhancing lesion is recorded on the series described."
_NOTHING = Line("nothing", (NOTHING_RECORDED,))

LEADING_KIND = 0.7
"""A type is proposed from this probability on; below it the type is called uncertain."""


MOST_PRIORS = 3
"""Earlier studies named in the comparison; more are only counted."""


def draft_sections(
    study: Study,
    series: Sequence[Series],
    findings: Sequence[Finding],
    runs: Sequence[Run],
    priors: Sequence[Study] = (),
    comparisons: Sequence[PriorComparison] = (),
) -> tuple[Section, ...]:
    """The five sections of a draft, in reading order.

    Accepted and edited findings are described; rejected ones are only counted in the
    technique; undecided ones are left out, as the reader has not spoken. No probability of
    the model appears anywhere. The comparison names the ``priors`` (newest first) that could be
    compared with; that they were, only the reader can say. Under it stands what became of the
    confirmed findings by ``comparisons``. The clinical question is the reader's.
    """
    confirmed = [finding for finding in findings if is_confirmed(finding)]
    technique = _technique(study, series, findings, runs)
    priors_named = Line("priors", (_comparison(priors),))
    described = [_described(finding) for finding in confirmed] or [_NOTHING]
    return (
        composed(CLINICAL_QUESTION, ()),
        composed(TECHNIQUE, technique),
        composed(COMPARISON, [priors_named, *comparison_lines(comparisons, confirmed)]),
        composed(FINDINGS, described),
        composed(IMPRESSION, _impression(confirmed)),
    )


def _technique(
    study: Study, series: Sequence[Series], findings: Sequence[Finding], runs: Sequence[Run]
) -> list[Line]:
    """What was acquired and what the machine did with it."""
    lines = [Line("study", (f"{study.description or 'MRI'}, {len(series)} series.",))]
    if study.simulated:
        lines.append(Line("simulated", ("This study is simulated and describes no real person.",)))
    ordered = sorted(series, key=lambda one: one.number)
    lines += [Line(f"series.{one.uid}", (_series_line(one),)) for one in ordered]
    lines += [Line(f"run.{run.id}", (_run_line(run),)) for run in runs]
    lines += [
        Line(
            f"rejected.{finding.id}",
            (f"Computer suggestion rejected by the reader: {described_briefly(finding)}.",),
        )
        for finding in findings
        if finding.status is FindingStatus.REJECTED
    ]
    return lines


def _comparison(priors: Sequence[Study]) -> str:
    """Which earlier studies are at hand."""
    if not priors:
        return "None available."
    named = [
        f"{one.description or 'MRI'} of {one.study_date.isoformat()}"
        for one in priors[:MOST_PRIORS]
        if one.study_date is not None
    ]
    more = len(priors) - len(named)
    return f"Available: {'; '.join(named)}{f'; {more} more' if more > 0 else ''}."


def _series_line(series: Series) -> str:
    """One series: its name, matrix, spacing, timing and contrast agent as the header says."""
    slices, rows, columns = series.shape
    parts = [f"Series {series.number}: {series.description or 'no description'}"]
    parts.append(f"{slices} slices of {columns} x {rows}")
    if series.geometry.kind is GeometryKind.UNKNOWN:
        parts.append("spacing unknown")
    else:
        column, row, between = series.spacing_mm
        parts.append(f"voxel {column:.2f} x {row:.2f} x {between:.2f} mm")
    for keyword, short in (("RepetitionTime", "TR"), ("EchoTime", "TE")):
        if value := series.physics.get(keyword):
            parts.append(f"{short} {value} ms")
    if strength := series.physics.get("MagneticFieldStrength"):
        parts.append(f"{strength} T")
    if agent := series.physics.get("ContrastBolusAgent"):
        parts.append(f"contrast agent {agent}")
    return ", ".join(parts) + "."


def _run_line(run: Run) -> str:
    """What one run of a model amounted to, without its numbers."""
    name = f"Computer analysis ({run.model} {run.version})"
    if run.outcome is RunOutcome.NOT_ANALYSED:
        return f"{name} was not done: {(run.reason or 'no reason given').rstrip('.')}."
    return f"{name} was done and reviewed by the reader."


def described_briefly(finding: Finding) -> str:
    """Place and size of a finding in a few words."""
    length = size_mm(finding)
    where = location(finding) or "place not stated"
    return f"{where}, {spoken_mm(length)}" if length is not None else where


def _described(finding: Finding) -> Line:
    """One finding as a sentence of the Findings section."""
    parts: list[str | Taken] = [observation(finding)]
    if where := location(finding):
        parts.append(f", {where}")
    if size := _size(finding):
        parts += [", ", size, " in largest diameter"]
    if volume := _volume(finding):
        parts += [", volume ", volume]
    parts.append(".")
    if finding.note:
        parts.append(f" {finding.note.strip().rstrip('.')}.")
    if finding.by_reader:
        parts.append(" Added by the reader.")
    return Line(f"finding.{finding.id}", tuple(parts))


def _size(finding: Finding) -> Taken | None:
    length = size_mm(finding)
    return None if length is None else Taken(spoken_mm(length), finding.id, SIZE, length, "mm")


def _volume(finding: Finding) -> Taken | None:
    volume = volume_ml(finding)
    return None if volume is None else Taken(spoken_ml(volume), finding.id, VOLUME, volume, "mL")


def _impression(confirmed: Sequence[Finding]) -> list[Line]:
    """The proposed impression: one sentence per finding, its suspected kind, the consultation."""
    if not confirmed:
        return [_NOTHING]
    lines = [_concluded(finding) for finding in confirmed]
    largest = max(confirmed, key=lambda finding: size_mm(finding) or 0.0)
    lines.append(Line("consultation", (recommend(leading_kind(largest)).sentence,)))
    return lines


def _concluded(finding: Finding) -> Line:
    """One finding as a line of the Impression."""
    where = location(finding) or "place not stated"
    parts: list[str | Taken] = [f"{observation(finding)}, {where}"]
    if size := _size(finding):
        parts += [", ", size]
    parts.append(f". {_suspicion(finding)}")
    return Line(f"finding.{finding.id}", tuple(parts))


def observation(finding: Finding) -> str:
    """What is seen, without what it is suspected to be (the label up to its first comma)."""
    return finding.label.partition(",")[0].strip() or "Lesion"


def leading_kind(finding: Finding) -> str:
    """The kind a finding is suspected to be, as one of the words of the lexicon, or "" if open.

    The label decides if it speaks of the kind (the measuring folder holds it to a calibrated
    threshold, and the reader may have edited it); else the probabilities do.
    """
    named = _kind_named(finding.label)
    if named or "uncertain" in finding.label.lower() or not finding.kinds:
        return named
    name, probability = max(finding.kinds, key=lambda kind: kind[1])
    return _kind_named(name) if probability >= LEADING_KIND else ""


def _kind_named(text: str) -> str:
    said = set(words(text))
    return next((kind for kind, forms in KINDS.items() if set(forms.split()) & said), "")


def _suspicion(finding: Finding) -> str:
    """The proposed words about the kind; the reader signs or strikes them."""
    spoken = {
        "glioma": "Suspected glioma.",
        "meningioma": "Suspected meningioma.",
        "pituitary": "Suspected pituitary adenoma.",
    }
    return spoken.get(leading_kind(finding), "The type is uncertain on imaging.")
