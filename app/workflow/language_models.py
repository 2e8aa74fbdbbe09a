"""A clinic's own language models: taken in, measured, tried, approved, put to use, removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import LanguageModelChanged
from app.records import SYSTEM
from app.storage.work import Storage, Work
from app.workflow.confirming import require_password
from app.workflow.session import Session
from assistant.acceptance.suite import attempt, fingerprint, sentences
from assistant.engine.intake import inspect, take_in
from assistant.engine.prompting import CHAT_FORMATS
from assistant.engine.records import Offered, OwnLanguageModel, OwnLanguageStatus
from assistant.engine.speed import Measured, measure
from assistant.errors import LanguageModelError
from assistant.ports import PairReader
from assistant.records import ModelProfile
from viewer.ports import Progress

MOST_CONTEXT = 4096
FOLDER = "language-models"
_MOST_LICENCE = 120

Starter = Callable[[ModelProfile], Measured]
"""Makes an engine of its own for a profile; whoever made it closes it."""


def models(session: Session) -> tuple[OwnLanguageModel, ...]:
    """Return every language model that was ever taken in, the newest first."""
    session.authorize(Permission.MANAGE_MODELS)
    with session.begin() as work:
        return work.language_models.all()


def look_at(session: Session, path: Path) -> Offered:
    """Return what a file says of itself; nothing of it is loaded or kept.

    Raises
    ------
    LanguageModelError
        with the reason, which is audited.
    """
    session.authorize(Permission.MANAGE_MODELS)
    try:
        return inspect(path)
    except LanguageModelError:
        _note_refused(session)
        raise


def add(
    session: Session, path: Path, licence: str, chat_format: str, progress: Progress
) -> OwnLanguageModel:
    """Copy a file into the models' folder and keep it in quarantine.

    ``licence`` stands where the file names none. The chat format is one of CHAT_FORMATS.

    Raises
    ------
    LanguageModelError
        with the reason, which is audited; nothing is kept.
    """
    session.authorize(Permission.MANAGE_MODELS)
    try:
        _require_format(chat_format)
        licence = _require_licence(inspect(path).licence or licence)
        _sweep(session)
        file, digest, offered = take_in(path, folder_of(session.storage), progress)
        with session.begin() as work:
            _require_new(work, digest)
    except LanguageModelError:
        _note_refused(session)
        raise
    model = OwnLanguageModel(
        id=uuid.uuid4().hex,
        offered=offered,
        licence=licence,
        chat_format=chat_format,
        sha256=digest,
        file=file.name,
        status=OwnLanguageStatus.QUARANTINED,
        added_at=session.now(),
        added_by=session.actor.account_id,
    )
    return _keep(session, model, "language-model.added")


def gauge(session: Session, model_id: str, start: Starter, progress: Progress) -> OwnLanguageModel:
    """Measure how fast a model reads and writes on this machine, and what memory it takes."""
    session.authorize(Permission.MANAGE_MODELS)
    model = _present(session, model_id)
    engine = start(profile_of(model, session.storage))
    try:
        speed = measure(engine, progress)
    finally:
        engine.close()
    return _keep(session, replace(_present(session, model_id), speed=speed),
                 "language-model.measured")  # fmt: skip


def accept(
    session: Session,
    model_id: str,
    start: Starter,
    progress: Progress,
    reader: PairReader | None = None,
) -> OwnLanguageModel:
    """Try a model on the program's sentences, on this machine; see assistant.acceptance.

    A new trial takes back the permission to word that an earlier one led to.
    """
    session.authorize(Permission.MANAGE_MODELS)
    model = _present(session, model_id)
    engine = start(profile_of(model, session.storage))
    try:
        trial = attempt(engine, progress, reader=reader)
    finally:
        engine.close()
    model = replace(_present(session, model_id), trial=trial, allow_wording=False)
    return _keep(session, model, "language-model.tried")


def approve(session: Session, model_id: str, password: str, *, wording: bool) -> OwnLanguageModel:
    """Let a model be used; with ``wording``, let it word sentences too.

    The administrator's password is asked again. Wording needs a trial that passed, with the
    sentences of this version of the program.

    Raises
    ------
    SignInError
        The password is wrong; the model stays as it is.
    LanguageModelError
        It was not measured here, or its trial does not allow wording.
    """
    session.authorize(Permission.MANAGE_MODELS)
    model = _present(session, model_id)
    if model.speed is None:
        raise LanguageModelError("Measure the model on this machine first.")
    if wording and not may_word(model):
        raise LanguageModelError("Its trial does not allow it to word sentences.")
    require_password(password, session, "language-model.approval-refused")
    decided = replace(
        model,
        status=OwnLanguageStatus.APPROVED,
        allow_wording=wording,
        decided_at=session.now(),
        decided_by=session.actor.account_id,
    )
    detail = f"{model.sha256} {'wording allowed' if wording else 'no wording'}"
    return _keep(session, decided, "language-model.approved", detail)


def use(session: Session, model_id: str) -> OwnLanguageModel:
    """Put an approved model to use in place of the one before."""
    session.authorize(Permission.MANAGE_MODELS)
    model = _present(session, model_id)
    if model.status is not OwnLanguageStatus.APPROVED:
        raise LanguageModelError("Only an approved model can be used.")
    with session.begin() as work:
        _put_away(work)
    return _keep(session, replace(model, in_use=True), "language-model.used")


def use_shipped(session: Session) -> None:
    """Go back to the model that ships."""
    session.authorize(Permission.MANAGE_MODELS)
    with session.begin() as work:
        _put_away(work)
        work.note("language-model.used", "shipped")
    session.publish(LanguageModelChanged(""))


def remove(session: Session, model_id: str) -> OwnLanguageModel:
    """Take a model out for good and delete its file; the shipped one is used again."""
    session.authorize(Permission.MANAGE_MODELS)
    model = _present(session, model_id)
    gone = replace(
        model,
        status=OwnLanguageStatus.REMOVED,
        in_use=False,
        allow_wording=False,
        decided_at=session.now(),
        decided_by=session.actor.account_id,
    )
    kept = _keep(session, gone, "language-model.removed")
    with suppress(FileNotFoundError):
        (folder_of(session.storage) / model.file).unlink()
    return kept


def chosen(storage: Storage) -> ModelProfile | None:
    """Return the profile of the clinic's model that is in use, or None where the shipped one is."""
    with storage.begin(SYSTEM) as work:
        model = work.language_models.in_use()
    return None if model is None else profile_of(model, storage)


def profile_of(model: OwnLanguageModel, storage: Storage) -> ModelProfile:
    """Return how a model is loaded; its digest is checked then."""
    return ModelProfile(
        name=model.offered.name,
        path=str(folder_of(storage) / model.file),
        sha256=model.sha256,
        licence=model.licence,
        chat_format=model.chat_format,
        n_ctx=min(MOST_CONTEXT, model.offered.context),
        allow_wording=model.allow_wording and may_word(model),
        wording_languages=("en",),
    )


def may_word(model: OwnLanguageModel) -> bool:
    """Whether a model's trial passed, with the sentences of this version of the program."""
    trial = model.trial
    if trial is None or trial.sentences_sha256 != fingerprint(sentences()):
        return False
    return not trial.shortcomings


def folder_of(storage: Storage) -> Path:
    """Return the folder the models' files lie in."""
    return storage.folder / FOLDER


def _keep(
    session: Session, model: OwnLanguageModel, action: str, detail: str = ""
) -> OwnLanguageModel:
    with session.begin() as work:
        work.language_models.put(model)
        work.note(action, model.id, detail=detail or model.sha256)
    session.publish(LanguageModelChanged(model.id))
    return model


def _present(session: Session, model_id: str) -> OwnLanguageModel:
    with session.begin() as work:
        model = work.language_models.get(model_id)
    if model is None or model.status is OwnLanguageStatus.REMOVED:
        raise NotFoundError("There is no such language model.")
    return model


def _put_away(work: Work) -> None:
    before = work.language_models.in_use()
    if before is not None:
        work.language_models.put(replace(before, in_use=False))


def _require_new(work: Work, digest: str) -> None:
    for one in work.language_models.all():
        if one.sha256 == digest and one.status is not OwnLanguageStatus.REMOVED:
            raise LanguageModelError("This model is here already.")


def _require_format(chat_format: str) -> None:
    if chat_format not in CHAT_FORMATS:
        raise LanguageModelError("Choose the model's chat format; without it, it is not taken in.")


def _require_licence(licence: str) -> str:
    licence = " ".join(licence.split())[:_MOST_LICENCE]
    if not licence:
        raise LanguageModelError("The file names no licence. Enter the one you have it under.")
    return licence


def _sweep(session: Session) -> None:
    """Delete files that no model names: what a crash left between the copy and its row."""
    with session.begin() as work:
        named = {
            one.file
            for one in work.language_models.all()
            if one.status is not OwnLanguageStatus.REMOVED
        }
    for file in folder_of(session.storage).glob("*.gguf"):
        if file.name not in named:
            file.unlink()


def _note_refused(session: Session) -> None:
    with session.begin() as work:
        work.note("language-model.refused", LanguageModelError.__name__, outcome="refused")
