"""A clinic's language model is in quarantine until an administrator approves it, and is pinned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError, NotFoundError, SignInError
from app.workflow import auditing, language_models
from app.workflow.session import Session
from assistant.acceptance.suite import fingerprint, sentences
from assistant.engine import models as shipped
from assistant.engine.records import OwnLanguageModel, OwnLanguageStatus, Speed, Trial, Wording
from assistant.errors import LanguageModelError, ModelUnavailableError
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter
from tests.assistant.tiny_gguf import put_tiny

SPEED = Speed(0.5, 100.0, 20.0, 300)


def unheard(_fraction: float, _text: str, /) -> None:
    return None


def passed(share: float = 1.0) -> Trial:
    """A trial of a model that made every sentence a little easier."""
    source, easier = sentences()[0], sentences()[0].replace("that measures", "of")
    good = round(share * 20)
    wordings = [Wording(source, easier)] * good + [Wording(source, "", "empty")] * (20 - good)
    return Trial(fingerprint(sentences()), tuple(wordings), 400, 400, 5.4, 5.0, 60.0)


@pytest.fixture
def admin(clinic: Workstation) -> Session:
    return enter(clinic, ADMIN)


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    return put_tiny(tmp_path / "brought.gguf")


def added(session: Session, path: Path) -> OwnLanguageModel:
    return language_models.add(session, path, "", "chatml", unheard)


def known(session: Session, model: OwnLanguageModel, **facts: object) -> OwnLanguageModel:
    """The model with facts as if they had been measured here."""
    model = replace(model, **facts)
    with session.begin() as work:
        work.language_models.put(model)
    return model


def lines(session: Session) -> list[str]:
    found = auditing.lines(session).entries
    return [one.action for one in found if one.action.startswith("language-model.")]


def test_an_added_model_is_copied_pinned_audited_and_not_used(
    clinic: Workstation, admin: Session, brought: Path
) -> None:
    model = added(admin, brought)
    assert model.status is OwnLanguageStatus.QUARANTINED
    assert language_models.models(admin) == (model,)
    kept = language_models.folder_of(admin.storage) / model.file
    assert kept.read_bytes() == brought.read_bytes()
    assert model.licence == "apache-2.0"
    assert clinic.language_profile() == shipped.find_default_model()
    assert lines(admin) == ["language-model.added"]
    with pytest.raises(LanguageModelError, match="here already"):
        added(admin, brought)


def test_without_a_chat_format_or_a_licence_nothing_is_kept(admin: Session, tmp_path: Path) -> None:
    path = put_tiny(tmp_path / "x.gguf", general__license="")
    for licence, chat_format in (("", "chatml"), ("mine", ""), ("mine", "{{ evil }}")):
        with pytest.raises(LanguageModelError):
            language_models.add(admin, path, licence, chat_format, unheard)
    assert language_models.models(admin) == ()
    assert not list(language_models.folder_of(admin.storage).glob("*"))
    assert language_models.add(admin, path, "mine", "chatml", unheard).licence == "mine"


def test_only_administrators_may(clinic: Workstation, brought: Path) -> None:
    doctor = enter(clinic, DOCTOR)
    with pytest.raises(ForbiddenError):
        added(doctor, brought)


def test_it_is_measured_and_tried_on_this_machine(
    clinic: Workstation, admin: Session, brought: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.acceptance.suite.sentences", lambda: ("It is a scar.",))
    model = added(admin, brought)
    model = language_models.gauge(admin, model.id, clinic.language_engine, unheard)
    assert model.speed is not None
    assert model.speed.written_per_s > 0
    model = language_models.accept(admin, model.id, clinic.language_engine, unheard)
    assert model.trial is not None
    assert model.trial.shortcomings
    assert language_models.models(admin) == (model,)
    with pytest.raises(LanguageModelError, match="does not allow"):
        language_models.approve(admin, model.id, PASSWORD, wording=True)


def test_wording_is_allowed_only_after_a_trial_that_passed_and_with_the_password(
    admin: Session, brought: Path
) -> None:
    model = added(admin, brought)
    with pytest.raises(LanguageModelError, match="Measure"):
        language_models.approve(admin, model.id, PASSWORD, wording=False)
    model = known(admin, model, speed=SPEED)
    with pytest.raises(LanguageModelError, match="does not allow"):
        language_models.approve(admin, model.id, PASSWORD, wording=True)
    known(admin, model, trial=passed(0.85))
    with pytest.raises(LanguageModelError, match="does not allow"):
        language_models.approve(admin, model.id, PASSWORD, wording=True)
    known(admin, model, trial=passed())
    with pytest.raises(SignInError):
        language_models.approve(admin, model.id, "not the password", wording=True)
    admin.keys._failures.clear()
    approved = language_models.approve(admin, model.id, PASSWORD, wording=True)
    assert (approved.status, approved.allow_wording) == (OwnLanguageStatus.APPROVED, True)
    assert language_models.profile_of(approved, admin.storage).allow_wording
    assert lines(admin).count("language-model.approval-refused") == 1


def test_a_trial_with_the_sentences_of_another_version_counts_no_more(
    admin: Session, brought: Path
) -> None:
    model = known(admin, added(admin, brought), speed=SPEED, trial=passed(), allow_wording=True)
    assert language_models.may_word(model)
    older = replace(model, trial=replace(passed(), sentences_sha256="of another version"))
    assert not language_models.profile_of(older, admin.storage).allow_wording


def in_use(clinic: Workstation, admin: Session, path: Path) -> OwnLanguageModel:
    model = known(admin, added(admin, path), speed=SPEED)
    language_models.approve(admin, model.id, PASSWORD, wording=False)
    return language_models.use(admin, model.id)


def test_the_model_in_use_answers_and_removing_it_falls_back_to_the_shipped_one(
    clinic: Workstation, admin: Session, brought: Path, tmp_path: Path
) -> None:
    quarantined = added(admin, put_tiny(tmp_path / "other.gguf", seed=2))
    with pytest.raises(LanguageModelError, match="approved"):
        language_models.use(admin, quarantined.id)
    model = in_use(clinic, admin, brought)
    assert clinic.language_profile().sha256 == model.sha256
    language_models.remove(admin, model.id)
    assert clinic.language_profile() == shipped.find_default_model()
    assert not (language_models.folder_of(admin.storage) / model.file).exists()
    with pytest.raises(NotFoundError):
        language_models.use(admin, model.id)
    assert "language-model.removed" in lines(admin)


def test_one_model_is_in_use_at_a_time(
    clinic: Workstation, admin: Session, brought: Path, tmp_path: Path
) -> None:
    first = in_use(clinic, admin, brought)
    second = in_use(clinic, admin, put_tiny(tmp_path / "other.gguf", seed=2))
    assert {one.id for one in language_models.models(admin) if one.in_use} == {second.id}
    language_models.use(admin, first.id)
    language_models.use_shipped(admin)
    assert clinic.language_profile() == shipped.find_default_model()


def test_a_file_that_was_changed_is_not_loaded_and_the_shipped_model_answers(
    clinic: Workstation, admin: Session, brought: Path
) -> None:
    model = in_use(clinic, admin, brought)
    kept = language_models.folder_of(admin.storage) / model.file
    with kept.open("r+b") as file:
        file.seek(-8, 2)
        file.write(b"\x01\x02\x03\x04")
    engine = clinic.language_model()
    assert engine is not None
    try:
        assert engine.name() == "Tiny"
        said = engine.complete((("user", "Hello."),), max_tokens=3, on_token=lambda _: None)
        assert said
        assert engine.name() != "Tiny"
    finally:
        clinic.forget_conversation()


def test_without_any_model_the_program_says_so_and_goes_on(
    clinic: Workstation, admin: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "find_default_model", lambda: None)
    assert clinic.language_model() is None
    assert clinic.language_profile() is None


def test_a_crash_between_copy_and_row_leaves_a_file_that_the_next_import_removes(
    admin: Session, brought: Path, tmp_path: Path
) -> None:
    folder = language_models.folder_of(admin.storage)
    folder.mkdir(parents=True)
    (folder / "orphan.gguf").write_bytes(b"GGUF")
    model = added(admin, brought)
    assert [one.name for one in folder.iterdir()] == [model.file]


def test_the_engine_of_a_model_that_is_gone_refuses(clinic: Workstation, admin: Session,
                                                    brought: Path) -> None:  # fmt: skip
    model = added(admin, brought)
    (language_models.folder_of(admin.storage) / model.file).unlink()
    with pytest.raises(ModelUnavailableError):
        language_models.gauge(admin, model.id, clinic.language_engine, unheard)
