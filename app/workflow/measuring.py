"""Measuring the anatomy of a head: its volumes and its label map, stored together.

Every measuring is kept; the newest on a series is the one that is shown.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.memory import require_free
from app.workflow.reading import load_volume
from app.workflow.revealing import require_shown, withheld
from app.workflow.session import Session
from assistant.drafting.measuring import volume_ml
from inference.pipeline.anatomy_outcome import AnatomyMeter, AnatomyRun
from inference.records import Finding, FindingStatus
from viewer.ports import Progress

UNMEASURED_LESION = (
    "A finding without a volume is known in this study. In a head with a lesion of more than 3 ml "
    "these volumes may be wrong."
)


def measure(
    session: Session, series_uid: str, meter: AnatomyMeter, progress: Progress
) -> AnatomyRun:
    """Measure a series and keep what came out, a refusal too; nothing earlier is changed.

    Nothing is stored if ``progress`` raises or the meter fails. What it refuses tells of
    lesions, so it is not asked while what models found is withheld from the reader.
    """
    session.authorize(Permission.RUN_AI, series=series_uid)
    with session.begin() as work:
        series = work.series.get(series_uid)
        study = work.studies.get(series.study_uid) if series else None
        if series is None or study is None:
            raise NotFoundError("There is no such series.")
        require_shown(work, session, study.uid)
        findings = work.findings.of_study(study.uid)
    begun, started_at, card = time.monotonic(), session.now(), meter.card()
    volume = load_volume(session, series_uid)
    outcome = meter.measure(series, volume, progress, lesion_ml(findings))
    labels = outcome.labels
    run = AnatomyRun(
        id=uuid.uuid4().hex,
        study_uid=study.uid,
        series_uid=series_uid,
        model=card.name,
        version=card.version,
        weights_sha256=card.weights_sha256,
        device=outcome.device,
        started_at=started_at,
        seconds=time.monotonic() - begun,
        measured_by=session.actor.account_id,
        reason=outcome.reason,
        volumes=outcome.volumes,
        withheld=outcome.withheld,
        scores=outcome.scores,
        cautions=(*outcome.cautions, *([UNMEASURED_LESION] if _unmeasured(findings) else [])),
        label_file="" if labels is None else session.pixels.put(labels, study.patient_id),
    )
    with session.begin_results() as work:
        work.anatomy.add(run)
        work.note(
            "anatomy.measured",
            study.uid,
            patient_id=study.patient_id,
            detail=f"{run.id} {run.model} {run.version} {run.weights_sha256[:16]} "
            + ("refused" if run.reason else "measured")
            + session.away,
        )
    return run


def measurings(session: Session, study_uid: str) -> tuple[AnatomyRun, ...]:
    """Return every measuring of a study, the newest first; none while they are withheld."""
    session.authorize(Permission.VIEW_IMAGES, study=study_uid)
    with session.begin() as work:
        return () if withheld(work, session, study_uid) else work.anatomy.of_study(study_uid)


def load_structures(session: Session, anatomy_id: str) -> NDArray[np.uint8] | None:
    """Decrypt the label map of a measuring, (slices, rows, columns), or None where it has none."""
    session.authorize(Permission.VIEW_IMAGES, anatomy=anatomy_id)
    with session.begin() as work:
        run = work.anatomy.get(anatomy_id)
        if run is None:
            raise NotFoundError("There is no such measurement.")
        require_shown(work, session, run.study_uid)
    if not run.label_file:
        return None
    require_free(session.pixels.size_of(run.label_file))
    return session.pixels.get(run.label_file).astype(np.uint8, copy=False)


def lesion_ml(findings: Iterable[Finding]) -> float:
    """Return the volume of the lesions known in a study.

    Rejected ones do not count. One lesion is seen in several series and by several models: the
    analysis that marked most counts, with what readers have added on its series.
    """
    known = [one for one in findings if one.status is not FindingStatus.REJECTED]
    analyses = {(one.series_uid, one.run_id) for one in known}
    return max(
        (
            math.fsum(
                volume_ml(one) or 0.0
                for one in known
                if one.series_uid == series_uid and one.run_id in {run_id, ""}
            )
            for series_uid, run_id in analyses
        ),
        default=0.0,
    )


def _unmeasured(findings: Iterable[Finding]) -> bool:
    kept = (one for one in findings if one.status is not FindingStatus.REJECTED)
    return any(volume_ml(one) is None for one in kept)
