"""The quick way gives the plain way's answer, in less memory if need be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.pipeline.estimate import cannot_fit, fitting_batch, needed_bytes
from inference.pipeline.memory import MIB, available_bytes, budget_bytes

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ("same", "closer", "untouched", "skipped", "short", "places", "signs")
FLOAT_TOLERANCE = 1e-4
HALF_TOLERANCE = 0.05


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What every check said, from one process that may load torch."""
    return answers(*CHECKS)


def answers(*checks: str) -> dict[str, Any]:
    """Return what checks said in a process of their own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.inference.torch_checks", *checks]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def test_folded_batches_say_what_single_slices_in_plain_float32_say(told: dict[str, Any]) -> None:
    assert told["same"]["float32"] <= FLOAT_TOLERANCE


def test_only_slices_that_show_something_are_looked_at_again_and_alike_in_both_ways(
    told: dict[str, Any],
) -> None:
    assert told["closer"]["again"] > 0
    assert told["closer"]["difference"] <= FLOAT_TOLERANCE
    assert told["closer"]["moved_seen"] > 0.01
    assert told["closer"]["moved_others"] == 0.0


def test_half_the_bits_change_a_lesion_probability_by_a_few_hundredths_at_most(
    told: dict[str, Any],
) -> None:
    assert told["same"]["bfloat16"] <= HALF_TOLERANCE


def test_a_fold_that_is_two_percent_off_would_be_noticed(told: dict[str, Any]) -> None:
    assert told["same"]["broken"] > FLOAT_TOLERANCE


def test_the_networks_the_heat_map_is_made_with_stay_as_they_were(told: dict[str, Any]) -> None:
    assert told["untouched"]["same"]


def test_a_slice_without_head_is_background_for_certain(told: dict[str, Any]) -> None:
    assert told["skipped"]["lesion"] < 1e-6
    assert told["skipped"]["whole"] == [20, 0, 0, 0]


def test_where_memory_is_short_a_smaller_batch_gives_the_same_answer(told: dict[str, Any]) -> None:
    assert told["short"]["difference"] <= FLOAT_TOLERANCE
    assert told["short"]["nothing fits"] == "refused"


def test_a_deterministic_analysis_refuses_rather_than_change_its_batch(
    told: dict[str, Any],
) -> None:
    assert told["short"]["steady"] == "refused"


@pytest.mark.slow
def test_under_a_real_limit_the_series_is_refused_and_the_process_works_on() -> None:
    """Slow, since torch's own backward pass may end the process there (see docs/adr/0016)."""
    told = answers("limited")
    assert "more memory than an analysis may take here (256 MB)" in told["limited"]["reason"]
    assert told["limited"]["after"] in {"findings", "nothing-suspected"}


def test_without_a_graphics_card_everything_runs_on_the_processor(told: dict[str, Any]) -> None:
    assert told["places"]["deterministic"] == "CPU"
    if told["places"]["cards"] == "0":
        assert told["places"]["auto"].startswith("CPU")
        assert told["places"]["cuda"].startswith("CPU")


def test_only_memory_counts_as_memory(told: dict[str, Any]) -> None:
    assert told["signs"] == {
        "numpy": True,
        "card": True,
        "torch": True,
        "shape": False,
        "own": False,
    }


def test_what_cannot_fit_is_refused_with_both_numbers() -> None:
    shape, kind = (600, 512, 512), "int16"
    reason = cannot_fit(shape, _dtype(kind), 192, 500 * MIB)
    need = needed_bytes(shape, _dtype(kind), 192, 1) // MIB
    assert f"{need:,} MB" in reason
    assert "500 MB" in reason
    assert cannot_fit(shape, _dtype(kind), 192, (need + 1) * MIB) == ""


def test_the_batch_grows_with_the_memory_there_is() -> None:
    batches = [fitting_batch(192, budget * MIB) for budget in (10, 100, 500, 5000)]
    assert batches == sorted(batches)
    assert (batches[0], batches[-1]) == (1, 16)


def test_an_analysis_never_gets_more_than_most_of_what_is_free() -> None:
    free = available_bytes()
    if free is None:
        pytest.skip("this system does not say what memory is free")
    assert budget_bytes(1 << 30) <= free
    assert budget_bytes(100) == 100 * MIB


def test_a_container_is_believed_before_the_machine(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(f"{700 * MIB}\n")
    (tmp_path / "memory.current").write_text(f"{500 * MIB}\n")
    (tmp_path / "memory.stat").write_text(f"anon 7\ninactive_file {100 * MIB}\n")
    assert available_bytes(tmp_path) == 300 * MIB
    (tmp_path / "memory.max").write_text("max\n")
    assert available_bytes(tmp_path) != 300 * MIB


def _dtype(name: str) -> Any:
    return np.dtype(name)
