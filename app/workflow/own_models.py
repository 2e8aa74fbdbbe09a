"""A clinic's own models: imported, tried, quarantined, approved by an administrator, withdrawn."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import OwnModelChanged
from app.storage.work import Work
from app.workflow.confirming import require_password
from app.workflow.scanned import series_record
from app.workflow.session import Session
from inference.errors import InferenceError, OwnModelError
from inference.models.own.intake import Intake, take_in
from inference.models.own.records import OwnModel, OwnStatus
from inference.models.own.running import OwnModelRunner
from viewer.dicom.records import ScannedSeries
from viewer.errors import UnreadableFileError
from viewer.ports import Progress
from viewer.records import Series, Volume

_KEPT_BY = "own-model"


def models(session: Session) -> tuple[OwnModel, ...]:
    """Return every model that was ever taken in, the newest first."""
    session.authorize(Permission.MANAGE_MODELS)
    with session.begin() as work:
        return work.own_models.all()


def usable(session: Session) -> tuple[OwnModel, ...]:
    """Return the approved models, which a reader may choose."""
    session.authorize(Permission.RUN_AI)
    with session.begin() as work:
        return work.own_models.approved()


def import_model(
    session: Session, path: Path, runner: OwnModelRunner, progress: Progress
) -> OwnModel:
    """Check a model, try it on the example study, and keep it in quarantine.

    Raises
    ------
    InferenceError
        with the reason, which is audited; nothing is kept.
    """
    session.authorize(Permission.MANAGE_MODELS)
    progress(0.0, "checking the files")
    try:
        taken = take_in(path)
        with session.begin() as work:
            _require_new(work, taken)
        progress(0.05, "preparing the example study")
        example = _example(progress)
        trial = runner.attempt(taken.container, taken.card, taken.weights, example, progress)
    except InferenceError as error:
        with session.begin() as work:
            work.note("model.refused", type(error).__name__, outcome="refused")
        raise
    progress(1.0, "keeping it in quarantine")
    model_id = uuid.uuid4().hex
    model = OwnModel(
        id=model_id,
        container=taken.container,
        card=taken.card,
        digests=taken.digests,
        trial=trial,
        status=OwnStatus.QUARANTINED,
        weights_file=session.pixels.put(taken.weights, f"{_KEPT_BY}:{model_id}"),
        imported_at=session.now(),
        imported_by=session.actor.account_id,
    )
    with session.begin() as work:
        _require_new(work, taken)
        work.own_models.put(model)
        work.note("model.imported", model_id, detail=model.card.weights_sha256)
    session.publish(OwnModelChanged(model_id))
    return model


def approve(session: Session, model_id: str, password: str) -> OwnModel:
    """Let readers use a model; the administrator's password is asked again.

    Raises
    ------
    SignInError
        The password is wrong; the model stays in quarantine.
    """
    session.authorize(Permission.MANAGE_MODELS)
    require_password(password, session, "model.approval-refused")
    return _decide(session, model_id, OwnStatus.QUARANTINED, OwnStatus.APPROVED)


def withdraw(session: Session, model_id: str) -> OwnModel:
    """Take a model out of use for good; what it marked stays with the studies."""
    session.authorize(Permission.MANAGE_MODELS)
    with session.begin() as work:
        model = work.own_models.get(model_id)
    if model is None:
        raise NotFoundError("There is no such model.")
    return _decide(session, model_id, model.status, OwnStatus.WITHDRAWN)


def _decide(session: Session, model_id: str, before: OwnStatus, after: OwnStatus) -> OwnModel:
    with session.begin() as work:
        model = work.own_models.get(model_id)
        if model is None:
            raise NotFoundError("There is no such model.")
        if model.status is not before or before is OwnStatus.WITHDRAWN:
            raise OwnModelError(f"This model is {model.status.value}; nothing was changed.")
        by, at = session.actor.account_id, session.now()
        model = replace(model, status=after, decided_at=at, decided_by=by)
        work.own_models.put(model)
        work.note(f"model.{after.value}", model_id, detail=model.card.weights_sha256)
    session.publish(OwnModelChanged(model_id))
    return model


def _require_new(work: Work, taken: Intake) -> None:
    for one in work.own_models.all():
        same = one.card == taken.card and one.container is taken.container
        if same and one.status is not OwnStatus.WITHDRAWN:
            raise OwnModelError(f"This model is here already; it is {one.status.value}.")


def _example(progress: Progress) -> tuple[Series, Volume]:
    """Return the simulated example study's one series, read as any other is."""
    from viewer.dicom.example import build_example  # noqa: PLC0415 - nibabel, only for the example
    from viewer.dicom.scan import stream  # noqa: PLC0415 - as above

    def within(_fraction: float, text: str, /) -> None:
        progress(0.05, text)

    with tempfile.TemporaryDirectory() as name:
        folder = build_example(Path(name))
        with closing(stream([folder], within)) as found:
            for one in found:
                if isinstance(one, ScannedSeries):
                    return series_record(one, "", ""), one.volume
    raise UnreadableFileError("The example study cannot be read.")
