"""Builds one Workstation and hands its parts to whoever asks in a constructor.

The Workstation is Qt-free. Its heavy parts (the inference worker, the language model) are child
processes that start at their first use.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.accounts.passwords import KdfCost
from app.events import (
    AppointmentChanged,
    BackupTurned,
    Bus,
    LanguageModelChanged,
    NoticesSent,
    SyncTurned,
)
from app.preferences import Preferences, home_folder
from app.preferences import load as load_preferences
from app.workflow.clinic import Clinic
from app.workflow.orders import Orders
from app.workflow.session import utc_now
from inference.pipeline.turns import Turns

if TYPE_CHECKING:
    from assistant.engine.chosen import ChosenModel
    from assistant.engine.embedding import EmbeddingProcess
    from assistant.engine.llama import LlamaProcess
    from assistant.knowledge.library import Library
    from assistant.ports import Embedder, PairReader, Speller
    from assistant.records import ModelProfile
    from inference.measure.outlined import Placer
    from inference.models.own.running import OwnModelRunner
    from inference.pipeline.anatomy_outcome import AnatomyMeter
    from inference.pipeline.options import EngineOptions
    from inference.ports import Analyser
    from viewer.ports import Progress

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnSummary:
    """What one turn of the outboxes did; ``reason`` is empty if the server was there."""

    notices_accepted: int
    notices_waiting: int
    delivered: int
    received: int
    waiting: int
    reason: str


class Workstation:
    """The parts of one running workstation."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        cost: KdfCost | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = folder or home_folder()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.preferences: Preferences = load_preferences(self.folder)
        self.bus = Bus()
        self.clock = clock
        self.orders = Orders()
        self.clinic = Clinic(self.folder, self.bus, cost=cost or KdfCost.PRODUCTION, clock=clock)
        self._analyser: Analyser | None = None
        self._own_models: OwnModelRunner | None = None
        self._anatomy: AnatomyMeter | None = None
        self._placer: Placer | None = None
        self._turns = Turns()
        self._language_model: ChosenModel | None = None
        self.bus.listen(LanguageModelChanged, lambda _: self._let_go_of_language_model())
        self._embedder: EmbeddingProcess | None = None
        self._library: Library | None = None
        self._speller: Speller | None = None

    @property
    def analyser(self) -> Analyser:
        """The inference worker; its process starts at the first analysis."""
        if self._analyser is None:
            from inference.pipeline.worker import InferenceProcess  # noqa: PLC0415 - sign-in stays light

            options = _engine_options(self.preferences)
            self._analyser = InferenceProcess(options=options, turns=self._turns)
        return self._analyser

    @property
    def own_models(self) -> OwnModelRunner:
        """What runs a clinic's own models: in the same queue and worker as the shipped one."""
        if self._own_models is None:
            from inference.pipeline.own_process import OwnModelProcess  # noqa: PLC0415 - sign-in stays light
            from inference.pipeline.worker import InferenceProcess  # noqa: PLC0415 - as above

            analyser = self.analyser
            if not isinstance(analyser, InferenceProcess):
                raise TypeError("only the analysing process runs a clinic's own models")
            self._own_models = OwnModelProcess(analyser)
        return self._own_models

    @property
    def anatomy(self) -> AnatomyMeter | None:
        """The anatomy model, or None where none ships; a process starts at each measuring."""
        if self._anatomy is None:
            from inference.models.anatomy_card import shipped_anatomy  # noqa: PLC0415 - sign-in stays light
            from inference.pipeline.anatomy_process import AnatomyProcess  # noqa: PLC0415 - as above

            folder = shipped_anatomy()
            if folder is not None:
                options = _engine_options(self.preferences)
                self._anatomy = AnatomyProcess(folder, options, self._turns)
        return self._anatomy

    @property
    def placer(self) -> Placer:
        """What says where in the head a reader's outline lies; a process starts at each series."""
        if self._placer is None:
            from inference.pipeline.placer import SeriesPlacer  # noqa: PLC0415 - sign-in stays light

            self._placer = SeriesPlacer()
        return self._placer

    def language_model(self) -> ChosenModel | None:
        """Return the local language model, or None where none is installed.

        The clinic's own one where an administrator put one to use; the shipped one otherwise,
        and where the clinic's file is missing or is not the one that was approved.
        """
        if self._language_model is None:
            from app.workflow.language_models import chosen  # noqa: PLC0415 - sign-in stays light
            from assistant.engine.chosen import ChosenModel  # noqa: PLC0415 - as above
            from assistant.engine.models import find_default_model  # noqa: PLC0415 - as above

            storage = self.clinic.storage
            profiles = (chosen(storage) if storage else None, find_default_model())
            engines = [self.language_engine(one) for one in profiles if one is not None]
            self._language_model = ChosenModel(*engines) if engines else None
        return self._language_model

    def language_profile(self) -> ModelProfile | None:
        """Return the profile of the model that answers: what it may word, and under what name."""
        self.language_model()
        return None if self._language_model is None else self._language_model.profile

    def language_engine(self, profile: ModelProfile) -> LlamaProcess:
        """Return a process of its own for a model; whoever asked for it closes it."""
        from assistant.engine.llama import LlamaProcess  # noqa: PLC0415 - sign-in stays light
        from inference.pipeline.memory import bound  # noqa: PLC0415 - as above

        return LlamaProcess(profile, partial(bound, max(0, self.preferences.language_memory_mb)))

    @property
    def embedder(self) -> Embedder | None:
        """The sentence embedder, or None where its model is not installed.

        Its process starts at the first sentence, and makes the model's file the first time.
        """
        return self._embedding()

    @property
    def pair_reader(self) -> PairReader | None:
        """What helps the gate to refuse a rewording: the embedder's process, or None likewise."""
        return self._embedding()

    def _embedding(self) -> EmbeddingProcess | None:
        if self._embedder is None:
            from assistant.engine.embedding import EmbeddingProcess  # noqa: PLC0415 - sign-in stays light
            from assistant.engine.minilm import find_minilm  # noqa: PLC0415 - as above

            if find_minilm() is not None:
                self._embedder = EmbeddingProcess(self.folder / "cache")
        return self._embedder

    @property
    def library(self) -> Library:
        """What the assistant may quote, ready to search."""
        if self._library is None:
            from assistant.knowledge.library import Library  # noqa: PLC0415 - sign-in stays light

            self._library = Library(lambda: self.embedder)
        return self._library

    @property
    def speller(self) -> Speller:
        """The dictionary; its process starts at the first word that is asked about."""
        if self._speller is None:
            from assistant.spelling.process import SpellingProcess  # noqa: PLC0415 - sign-in stays light

            self._speller = SpellingProcess()
        return self._speller

    def forget_conversation(self) -> None:
        """Wipe what the assistant's models remember; called whenever the person changes."""
        self._let_go_of_language_model()
        if self._embedder is not None:
            self._embedder.forget()
        if self._library is not None:
            self._library.forget()

    def _let_go_of_language_model(self) -> None:
        """End its process; which model is used is asked anew at the next call."""
        if self._language_model is not None:
            self._language_model.close()
            self._language_model = None

    def background_turn(self, progress: Progress) -> TurnSummary | None:
        """Give both outboxes their turn: first the server, then the notices that follow from it.

        Returns None while the workstation is locked. A fault in the one does not keep the other
        from its turn.
        """
        from app.workflow import (  # noqa: PLC0415 - sign-in stays light
            exchanging,
            notifying,
            restored,
            sending,
            waiting_list,
        )
        from scheduling.notices.outbox import TurnResult  # noqa: PLC0415 - as above

        storage = self.clinic.storage
        if storage is None:
            return None
        try:
            sent = sending.turn(storage, self.clock(), progress)
        finally:
            told = TurnResult()
            if not restored.holds(storage):
                waiting_list.turn(storage, self.clock())
                told = notifying.turn(storage, self.clock(), progress)
        if fault := exchanging.publish_turn(storage, self.clock()):
            log.warning("calendars were not published: %s", fault)
        result, changed = sent if sent is not None else (None, ())
        for appointment_id in changed:
            self.bus.publish(AppointmentChanged(appointment_id))
        summary = TurnSummary(
            notices_accepted=len(told.accepted),
            notices_waiting=len(told.waiting),
            delivered=result.delivered if result else 0,
            received=result.received if result else 0,
            waiting=result.waiting if result else 0,
            reason=result.reason if result else "",
        )
        self.bus.publish(NoticesSent(summary.notices_accepted, summary.notices_waiting))
        if result is not None:
            self.bus.publish(
                SyncTurned(summary.delivered, summary.received, summary.waiting, summary.reason)
            )
        return summary

    def backup_turn(self, progress: Progress) -> bool:
        """Make the day's backup, if one is due and the workstation open; return if it was tried."""
        from app.workflow import backing_up  # noqa: PLC0415 - sign-in stays light

        storage = self.clinic.storage
        tried = storage is not None and backing_up.daily_turn(storage, self.clock(), progress)
        if tried:
            self.bus.publish(BackupTurned())
        return tried

    def close(self) -> None:
        """End the child processes and lock the clinic."""
        from viewer.dicom.scan import end_ahead  # noqa: PLC0415 - sign-in stays light

        end_ahead()
        if self._analyser is not None:
            self._analyser.close()
        if self._language_model is not None:
            self._language_model.close()
        if self._embedder is not None:
            self._embedder.close()
        if self._speller is not None:
            self._speller.close()
        self.clinic.close()


def _engine_options(preferences: Preferences) -> EngineOptions:
    """Return the bounds of analyses; what was written by hand and makes no sense is left out."""
    from inference.pipeline.options import DEVICES, EngineOptions  # noqa: PLC0415 - sign-in stays light

    device = preferences.analysis_device
    return EngineOptions(
        device=device if device in DEVICES else "auto",
        deterministic=preferences.analysis_deterministic,
        threads=max(0, preferences.analysis_threads),
        memory_mb=max(0, preferences.analysis_memory_mb),
    )
