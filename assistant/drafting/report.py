"""From decided findings to the sections of a report draft.

Deterministic: every word comes from the study, the series facts and the findings the reader
accepted. What the machine proposes stands in ``machine_text`` beside the reader's text, so the
signed report shows who wrote what.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.drafting.measuring import (
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
from inference.records import Finding, FindingStatus, Run, RunOutcome
from viewer.records import GeometryKind, Series, Study

__all__ = ["TITLES", "described_briefly", "draft_sections", "leading_kind"]

CLINICAL_QUESTION = "Clinical question"
TECHNIQUE = "Technique"
COMPARISON = "Comparison"
FINDINGS = "Findings"
IMPRESSION = "Impression"
TITLES = (CLINICAL_QUESTION, TECHNIQUE, COMPARISON, FINDINGS, IMPRESSION)

NOTHING_RECORDED = "No enhancing lesion is recorded on the series described."

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
) -> tuple[Section, ...]:
    """The five sections of a draft, in reading order.

    Accepted and edited findings are described; rejected ones are only counted in the
    technique; undecided ones are left out, as the reader has not spoken. No probability of
    the model appears anywhere. The comparison names the ``priors`` (newest first) that could be
    compared with; that they were, only the reader can say. The clinical question is the reader's.
    """
    confirmed = [finding for finding in findings if is_confirmed(finding)]
    technique = _technique(study, series, findings, runs)
    described = "\n".join(_described(finding) for finding in confirmed) or NOTHING_RECORDED
    impression = _impression(confirmed)
    comparison = _comparison(priors)
    return (
        Section(CLINICAL_QUESTION, ""),
        Section(TECHNIQUE, technique, technique),
        Section(COMPARISON, comparison, comparison),
        Section(FINDINGS, described, described),
        Section(IMPRESSION, impression, impression),
    )


def _technique(
    study: Study, series: Sequence[Series], findings: Sequence[Finding], runs: Sequence[Run]
) -> str:
    """What was acquired and what the machine did with it."""
    lines = [f"{study.description or 'MRI'}, {len(series)} series."]
    if study.simulated:
        lines.append("This study is simulated and describes no real person.")
    lines += [_series_line(one) for one in sorted(series, key=lambda one: one.number)]
    lines += [_run_line(run) for run in runs]
    lines += [
        f"Computer suggestion rejected by the reader: {described_briefly(finding)}."
        for finding in findings
        if finding.status is FindingStatus.REJECTED
    ]
    return "\n".join(lines)


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


def _described(finding: Finding) -> str:
    """One finding as a sentence of the Findings section."""
    parts = [observation(finding)]
    if where := location(finding):
        parts[0] += f", {where}"
    length, volume = size_mm(finding), volume_ml(finding)
    if length is not None:
        parts.append(f"{spoken_mm(length)} in largest diameter")
    if volume is not None:
        parts.append(f"volume {spoken_ml(volume)}")
    text = ", ".join(parts) + "."
    if finding.note:
        text += f" {finding.note.strip().rstrip('.')}."
    if finding.by_reader:
        text += " Added by the reader."
    return text


def _impression(confirmed: Sequence[Finding]) -> str:
    """The proposed impression: one sentence per finding, its suspected kind, the consultation."""
    if not confirmed:
        return NOTHING_RECORDED
    lines = [
        f"{observation(finding)}, {described_briefly(finding)}. {_suspicion(finding)}"
        for finding in confirmed
    ]
    largest = max(confirmed, key=lambda finding: size_mm(finding) or 0.0)
    lines.append(recommend(leading_kind(largest)).sentence)
    return "\n".join(lines)


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
