"""A network may refuse a rewording that the gate's checks let through, and nothing else."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assistant.engine import e5
from assistant.engine.embedding import EmbeddingProcess, side_by_side
from assistant.errors import EngineLostError
from assistant.guarding import agreement as module
from assistant.guarding.agreement import LONGEST, agreement
from assistant.guarding.gate import faithful
from assistant.training.pairs import digest, read_blocks
from tests.assistant.faithful_sentences import wrong_pairs

SAME = "The scan shows a cyst on the left."


class Convinced:
    """A reader that finds that any two sentences say the same, or that none do."""

    def __init__(self, agree: bool) -> None:
        weights = module._head()
        towards = weights[1, :-1] - weights[0, :-1]
        self._point = (1 if agree else -1) * towards / np.linalg.norm(towards)

    def embed_pairs(self, pairs):
        return np.tile(self._point.astype(np.float32), (len(pairs), 1))


class Lost:
    def embed_pairs(self, pairs):
        raise EngineLostError("gone")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    process = EmbeddingProcess(tmp_path_factory.mktemp("pairs"))
    yield process
    process.close()


def test_what_ships_was_learnt_from_the_sentences_that_ship():
    assert json.loads(e5.FOR_PAIRS.card.read_text())["pairs_sha256"] == digest()


def test_a_doubting_network_refuses_what_the_checks_let_through():
    assert faithful(SAME, SAME) == (True, "")
    assert not faithful(SAME, SAME, reader=Convinced(agree=False))[0]


def test_a_refusal_by_the_network_says_so_and_how_likely_the_sentences_agree():
    doubting = Convinced(agree=False)
    sure = agreement(SAME, SAME, doubting)
    _, why = faithful(SAME, SAME, reader=doubting)
    assert why.startswith("no rule objects, the network does: ")
    assert f"{int(1000 * sure) / 10} % likely" in why
    assert "at least 5 %" in why


def test_without_a_network_or_with_one_that_fails_the_checks_decide():
    assert faithful(SAME, SAME, reader=Lost()) == (True, "")


def test_a_convinced_network_lets_nothing_through_that_a_check_refuses():
    passed = [
        (source, wrong)
        for language, source, wrong in wrong_pairs()
        if faithful(source, wrong, language=language, reader=Convinced(agree=True))[0]
    ]
    assert passed == []


def test_what_is_too_long_to_be_read_to_the_end_is_left_to_the_checks():
    long = "The scan shows a cyst. " * 30
    assert len(long) * 2 > LONGEST
    assert agreement(long, long, Convinced(agree=True)) is None


def test_the_mark_between_two_sentences_can_not_be_forged():
    assert side_by_side("a || b", "c||d") == "a   b || c d"


def test_the_shipped_network_tells_right_from_wrong_rewordings_it_learnt(reader):
    blocks = read_blocks()[::100]
    told = {
        right: [
            agreement(block.source, one, reader) >= 0.5
            for block in blocks
            for one in (block.right if right else block.wrong)
        ]
        for right in (True, False)
    }
    assert np.mean(told[True]) > 0.9
    assert np.mean(told[False]) < 0.1
