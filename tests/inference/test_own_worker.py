"""A clinic's own model at work in the real child: built, tried, asked, and kept within its card."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from inference.errors import OwnModelError
from inference.models.own.architectures import ARCHITECTURES
from inference.models.own.card import read_own_card
from inference.models.own.records import Container, OwnModel, OwnStatus, Trial
from inference.pipeline.own_gate import judge_own, judge_own_header
from inference.pipeline.own_lent import needed_bytes
from inference.pipeline.own_process import OwnModelProcess
from inference.pipeline.worker import InferenceProcess
from inference.records import RunOutcome
from tests.inference.builders import T1_POST, head_volume, series_of
from tests.inference.example_head import example_head
from tests.inference.own_models import card, made_with_torch, outline_weights
from tests.inference.own_onnx import onnx
from tests.inference.seen_builders import LIMITS, seen_as


@pytest.fixture(scope="module")
def process() -> Iterator[InferenceProcess]:
    made = InferenceProcess()
    yield made
    made.close()


def unheard(_fraction: float, _text: str, /) -> None:
    return None


def bytes_of(weights: bytes) -> np.ndarray:
    return np.frombuffer(weights, np.uint8)


def own(weights: bytes, container: Container, **changes: Any) -> OwnModel:
    values = card(hashlib.sha256(weights).hexdigest(), **changes)
    if container is Container.ONNX:
        del values["architecture"]
    read = read_own_card(values, onnx=container is Container.ONNX)
    shown = Trial(1.0, 1, 1, 0, 1)
    now = datetime(2030, 1, 1, tzinfo=UTC)
    return OwnModel("m", container, read, {}, shown, OwnStatus.APPROVED, "f", now, "a")


@pytest.mark.timeout(240)
def test_every_network_of_the_list_is_built_and_answers_in_its_shape() -> None:
    told = made_with_torch()["allowed"]
    assert set(told) == set(ARCHITECTURES)


@pytest.mark.timeout(240)
def test_an_onnx_model_is_tried_and_asked_behind_the_gate(process: InferenceProcess) -> None:
    head, few = example_head(), head_volume(shape=(8, 124, 102))
    series = series_of(head, physics=T1_POST)
    weights = onnx()
    model = own(weights, Container.ONNX)
    runner = OwnModelProcess(process)
    shown = runner.attempt(
        model.container, model.card, bytes_of(weights), (series_of(few), few), unheard
    )
    assert shown.slices == len(few.voxels)
    assert shown.regions > 0
    analysis = runner.analyse(model, bytes_of(weights), series, head, unheard)
    run = analysis.run
    assert run.outcome is RunOutcome.FINDINGS, run.reason
    assert (run.own_model, run.weights_sha256) == ("m", hashlib.sha256(weights).hexdigest())
    assert any("not calibrated" in one for one in run.cautions)
    assert analysis.labels is not None
    for finding in analysis.findings:
        assert finding.label == "region"
        assert finding.kinds == ()
        assert (analysis.labels == finding.label_value).any()
    flair = replace(series, description="AX FLAIR", physics={"BodyPartExamined": "BRAIN"})
    refused = runner.analyse(model, bytes_of(weights), flair, head, unheard).run
    assert refused.outcome is RunOutcome.NOT_ANALYSED
    assert "this model is for T1 after contrast" in refused.reason


@pytest.mark.timeout(240)
def test_weights_that_do_not_fit_the_network_are_refused_by_name_and_shape(
    process: InferenceProcess,
) -> None:
    weights = outline_weights()
    head = head_volume(shape=(8, 124, 102))
    wider = {"name": "OutlineNet", "arguments": {**card()["architecture"]["arguments"]}}
    wider["arguments"]["channels"] = [8, 16]
    model = own(weights, Container.SAFETENSORS, architecture=wider)
    runner = OwnModelProcess(process)
    with pytest.raises(OwnModelError, match="of shape"):
        runner.attempt(
            model.container, model.card, bytes_of(weights), (series_of(head), head), unheard
        )


def test_what_the_card_is_not_for_is_refused_before_any_child_is_started() -> None:
    head = head_volume()
    wanted = own(b"", Container.ONNX).card.input
    series = series_of(head, physics=T1_POST)
    assert judge_own_header(series, head, wanted).accepted
    for changed, reason in (
        (replace(series, description="AX T2", physics={}), "this is a T2 series"),
        (replace(series, modality="CT"), "not an MR series"),
        (replace(series, physics={**T1_POST, "BodyPartExamined": "KNEE"}), "another body part"),
        (
            replace(series, description="AX T1 pre", physics={"BodyPartExamined": "BRAIN"}),
            "this model is for T1 after contrast",
        ),
    ):
        verdict = judge_own_header(changed, head, wanted)
        assert reason in verdict.reason, verdict.reason
    coronal = replace(wanted, planes=("coronal",))
    assert "its slices are axial" in judge_own_header(series, head, coronal).reason


def test_pictures_that_contradict_the_card_are_refused() -> None:
    head = head_volume()
    wanted = own(b"", Container.ONNX).card.input
    flair = replace(wanted, sequences=("FLAIR",))
    silent = series_of(head, description="x", physics={})
    t2 = seen_as("T2")
    assert "look like T2" in judge_own(silent, head, flair, t2, LIMITS).reason
    assert judge_own(silent, head, flair, seen_as("FLAIR"), LIMITS).accepted
    told = series_of(head, description="AX FLAIR", physics={"BodyPartExamined": "BRAIN"})
    assert "its header says FLAIR" in judge_own(told, head, flair, t2, LIMITS).reason


def test_the_memory_a_model_needs_is_known_before_it_is_asked() -> None:
    small = own(b"", Container.ONNX).card
    large = replace(small, input=replace(small.input, side_px=512, depth_px=64, slice_mm=2.0))
    shape = (100, 256, 256)
    assert needed_bytes(large, shape, 2) > needed_bytes(small, shape, 2) > 300 << 20
