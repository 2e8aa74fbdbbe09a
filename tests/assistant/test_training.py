"""What is trained is what runs: torch, numpy and llama.cpp place a message alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from assistant.engine import e5
from assistant.engine.embedding import side_by_side
from assistant.engine.embedding_worker import PAIRS, embedded, load, worded
from assistant.guarding.heads import MEANING_SCALE, probabilities
from assistant.training import pair_tuning, tuning
from assistant.training.exemplars import PARTS, Exemplar, parts, read_exemplars
from assistant.training.learnt import Tuned, put
from assistant.training.lower import lower_of, split
from assistant.training.network import Upper, Words, padded
from assistant.training.pairs import blocks_of, drawn
from tests.assistant.e5_reference import Reference

MESSAGES = ("my arm is numb", "Bitte verlegen Sie meinen Termin auf Freitag.", "thank you")


@pytest.fixture(scope="module")
def packed():
    return e5.load_e5()


@pytest.fixture(scope="module")
def lower(packed):
    return lower_of(packed, list(MESSAGES))


def test_the_untuned_network_is_the_published_encoder(packed, lower):
    upper = Upper(packed, tuning.FIRST_TUNED, rank=0).eval()
    reference = Reference(packed)
    with torch.no_grad():
        found = upper(lower).numpy()
    for vector, text in zip(found, MESSAGES, strict=True):
        assert vector @ reference.embed(worded(text)) > 0.999


def test_the_tuned_network_places_messages_where_the_shipped_file_does(packed, lower, tmp_path):
    model = load(e5.e5_made_ready(tmp_path, e5.FOR_MESSAGES), 256)
    served = embedded(model, [worded(one) for one in MESSAGES])
    model.close()
    trained = tuning.points(packed, Tuned(e5.FOR_MESSAGES.read(), {}), lower)
    assert (served * trained).sum(axis=1).min() > 0.995


def test_padding_changes_no_point(packed, lower):
    upper = Upper(packed, tuning.FIRST_TUNED, rank=0).eval()
    with torch.no_grad():
        alone, together = upper(lower[:1]), upper(lower)[:1]
    assert float((alone * together).sum()) > 0.9995
    rows, there = padded(lower)
    assert rows.shape[:2] == there.shape
    assert there.sum(dim=1).tolist() == [len(one) for one in lower]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_tuning_learns_what_it_is_shown(packed, monkeypatch):
    monkeypatch.setattr(tuning, "_ROUNDS", 12)
    told = [
        Exemplar(text, kind, "en")
        for kind, texts in (
            ("emergency", ("my arm just went numb", "I can not breathe", "he is having a fit")),
            ("cancel", ("call it off", "I will not come", "strike my visit on Monday")),
            ("treatment", ("how many pills", "should I be operated", "may I stop the tablets")),
        )
        for text in texts
    ]
    rows = lower_of(packed, [one.text for one in told])
    learnt = tuning.tune(packed, told, rows)
    seen = np.float32(MEANING_SCALE) * tuning.points(packed, learnt, rows)
    alarmed = probabilities(learnt.heads["emergency"], seen)[:, 1] > 0.5
    assert alarmed.tolist() == [one.kind == "emergency" for one in told]
    assert any(np.abs(one).max() > 0 for name, one in learnt.changes.items() if name.endswith("up"))


def test_every_written_exemplar_is_judged_in_one_part_with_its_neighbours():
    exemplars = read_exemplars()
    part = parts(exemplars)
    assert {int(one) for one in part} == {-1, *range(PARTS)}
    assert all((number == -1) == one.made for number, one in zip(part, exemplars, strict=True))
    assert len({int(one) for one in part[:10]}) == 1


BLOCKS = """# a remark
= The cyst is small.
+ It is a small cyst.
+ The cyst is little.
- The cyst is large.

= The doctor saw a spot.
+ A spot was seen by the doctor.
- The doctor saw no spot.
- The computer saw a spot.
"""


def test_blocks_of_sentences_are_read_and_every_rewording_becomes_a_pair():
    blocks = blocks_of(BLOCKS, "en")
    assert [(len(one.right), len(one.wrong)) for one in blocks] == [(2, 1), (1, 2)]
    pairs = drawn(blocks, np.random.default_rng(1))
    assert ("The cyst is small.", "The cyst is large.", False) in pairs
    assert ("The doctor saw a spot.", "A spot was seen by the doctor.", True) in pairs
    wrong = {one for block in blocks for one in block.wrong}
    assert not [pair for pair in pairs if pair[2] and wrong & {*pair[:2]}]


@pytest.mark.parametrize("bad", ["= One.\n+ Two.", "+ Two.\n- Three.", "= One.\n* Two.\n- No."])
def test_what_is_no_block_is_refused(bad):
    with pytest.raises(ValueError, match="not a block"):
        blocks_of(bad, "en")


def test_the_network_for_pairs_places_them_where_the_shipped_file_does(packed, tmp_path):
    pairs = [("The cyst is small.", "It is a small cyst."), ("Es blutet.", "Nichts.")]
    texts = [side_by_side(*one) for one in pairs]
    upper = Upper(packed, 0, rank=pair_tuning._RANK).eval()
    put(upper, e5.FOR_PAIRS.read())
    words = Words(packed)
    with torch.no_grad():
        trained = upper([words(one) for one in split(packed, texts, PAIRS)]).numpy()
    model = load(e5.e5_made_ready(tmp_path, e5.FOR_PAIRS), 512)
    served = embedded(model, [worded(one) for one in texts])
    model.close()
    assert (served * trained).sum(axis=1).min() > 0.99
