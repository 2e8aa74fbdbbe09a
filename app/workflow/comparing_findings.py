"""What became of the findings since an earlier study of the same patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.memory import require_free
from app.workflow.revealing import WITHHELD, how_read
from app.workflow.session import Session
from inference.errors import NotComparableError
from inference.measure.change import Marked, change_of, changes
from inference.records import (
    Change,
    Finding,
    FindingChange,
    FindingStatus,
    PriorComparison,
    Run,
    RunOutcome,
)
from viewer.records import Series, Study

_LOOKED = frozenset({RunOutcome.FINDINGS, RunOutcome.NOTHING_SUSPECTED})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The current series' findings against an earlier series.

    ``of_finding`` holds the change of each finding of the current series by the finding's id;
    ``gone`` what was marked then and is not now. With ``reason`` not empty nothing was compared.
    """

    prior_series_uid: str = ""
    prior_study_uid: str = ""
    of_finding: Mapping[str, Change] = field(default_factory=dict)
    gone: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Looked:
    """One analysed series: the run, and what was found and not rejected."""

    study: Study
    series: Series
    run: Run
    findings: tuple[Finding, ...]

    def marked(self, session: Session) -> Marked:
        """Return the outlines of the findings nobody has rejected."""
        affine = np.array(self.series.affine, dtype=np.float64).reshape(4, 4)
        if not self.run.label_file:
            return Marked(np.zeros(self.series.shape, dtype=np.uint8), affine)
        require_free(session.pixels.size_of(self.run.label_file))
        labels = session.pixels.get(self.run.label_file).astype(np.uint8, copy=False)
        return Marked(_only(labels, {one.label_value for one in self.findings}), affine)


def compare_series(
    session: Session, series_uid: str, prior_uid: str, to_prior: NDArray[np.float64]
) -> Comparison:
    """Compare two series that were registered already.

    Parameters
    ----------
    to_prior
        4x4 rigid map from the current series' LPS+ mm to the earlier one's.
    """
    session.authorize(Permission.VIEW_IMAGES, series=series_uid)
    if hidden := _withheld(session, series_uid, prior_uid):
        return Comparison(reason=hidden)
    now = _looked(session, series_uid)
    then = _looked(session, prior_uid, now.run.weights_sha256 if now else "")
    if now is None or then is None:
        return Comparison(reason="Not both series were analysed.")
    if now.study.patient_id != then.study.patient_id:
        raise NotFoundError("The two series are not of one patient.")
    if objection := _other_model(now.run, then.run):
        return Comparison(then.series.uid, then.study.uid, reason=objection)
    return _compared(session, now, then, to_prior)


def _compared(
    session: Session, now: _Looked, then: _Looked, to_prior: NDArray[np.float64]
) -> Comparison:
    with session.begin() as work:
        work.note(
            "study.opened", then.study.uid, patient_id=then.study.patient_id, detail="as prior"
        )
    days = _days(then.study.study_date, now.study.study_date)
    try:
        told = changes(now.marked(session), then.marked(session), to_prior, days)
    except NotComparableError as error:
        return Comparison(then.series.uid, then.study.uid, reason=str(error))
    found = {one.id: change_of(one.label_value, told) for one in now.findings}
    compared = Comparison(
        then.series.uid,
        then.study.uid,
        {finding_id: change for finding_id, change in found.items() if change is not None},
        tuple(change for change in told if not change.values),
    )
    _keep(session, now, then, compared)
    return compared


def _keep(session: Session, now: _Looked, then: _Looked, compared: Comparison) -> None:
    """Remember what was found, so that a draft can say it."""
    kept = PriorComparison(
        series_uid=now.series.uid,
        study_uid=now.study.uid,
        prior_study_uid=then.study.uid,
        prior_date=then.study.study_date,
        compared_at=session.now(),
        changed=tuple(FindingChange(*one) for one in compared.of_finding.items()),
        gone=compared.gone,
    )
    with session.begin() as work:
        work.comparisons.put(kept)


def _withheld(session: Session, *series_uids: str) -> str:
    """Return why what models found in these series is not shown to this reader yet, or ""."""
    with session.begin() as work:
        for uid in series_uids:
            series = work.series.get(uid)
            how = how_read(work, session, series.study_uid) if series else None
            if how is not None and how.withheld:
                return WITHHELD[how.mode]
    return ""


def _looked(session: Session, series_uid: str, weights: str = "") -> _Looked | None:
    """Return the newest run that looked at a series, or None; one by ``weights`` before others."""
    with session.begin() as work:
        series = work.series.get(series_uid)
        study = work.studies.get(series.study_uid) if series else None
        if series is None or study is None:
            raise NotFoundError("There is no such series.")
        runs = [
            run
            for run in work.runs.of_study(study.uid)
            if run.series_uid == series_uid and run.outcome in _LOOKED
        ]
        if not runs:
            return None
        run = max(runs, key=lambda one: (one.weights_sha256 == weights, one.started_at))
        findings = tuple(
            one
            for one in work.findings.of_study(study.uid)
            if one.run_id == run.id and one.status is not FindingStatus.REJECTED
        )
    return _Looked(study, series, run, findings)


def _other_model(now: Run, then: Run) -> str:
    """Return why outlines of two models are not compared, or ""."""
    if now.weights_sha256 == then.weights_sha256:
        return ""
    return (
        f"Not compared: the earlier study was analysed by {then.model} {then.version}, this one by "
        f"{now.model} {now.version}, and two models draw differently. Analyse both with the same "
        "model."
    )


def _days(then: date | None, now: date | None) -> int | None:
    return (now - then).days if then is not None and now is not None else None


def _only(labels: NDArray[np.uint8], values: set[int]) -> NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    table[sorted(values)] = sorted(values)
    return table[labels]
