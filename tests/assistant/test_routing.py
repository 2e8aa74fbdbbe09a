"""A message goes where it belongs in either language; what is not understood is not guessed."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pytest

from assistant.engine.embedding import EmbeddingProcess
from assistant.errors import ModelUnavailableError
from assistant.guarding.cues import CUES, cues, n_grams
from assistant.guarding.heads import by_words, card, judge, probabilities
from assistant.guarding.routing import Intent, Routed, route
from assistant.training import exemplars as training
from assistant.training.softmax import word_heads
from tests.assistant.understanding import cases


@pytest.fixture(scope="module")
def embedder(tmp_path_factory):
    process = EmbeddingProcess(tmp_path_factory.mktemp("embedder"))
    yield process
    process.close()


class _Missing:
    def embed(self, texts):
        raise ModelUnavailableError("The sentence embedder's model is not installed.")

    embed_message = embed


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I'd like to see Dr. Osei some time next week please", Intent.BOOK),
        ("Haben Sie am kommenden Donnerstag etwas frei?", Intent.BOOK),
        ("could you move my Tuesday appointment to Thursday", Intent.RESCHEDULE),
        ("Ich muss den Termin leider auf nächste Woche verlegen", Intent.RESCHEDULE),
        ("please cancel my visit tomorrow", Intent.CANCEL),
        ("Den Termin am Freitag möchte ich bitte absagen", Intent.CANCEL),
        ("what time is my appointment on Monday", Intent.APPOINTMENTS),
        ("Wann genau ist mein Termin?", Intent.APPOINTMENTS),
        ("so what should I do next?", Intent.NEXT_STEP),
        ("Und wie geht es nun weiter?", Intent.NEXT_STEP),
        ("please explain what is in my report", Intent.EXPLAIN),
        ("Können Sie mir meinen Befund erklären?", Intent.EXPLAIN),
        ("What does the word oedema mean?", Intent.QUESTION),
        ("Was bedeutet das Wort Läsion?", Intent.QUESTION),
        ("thank you so much, bye", Intent.SMALL_TALK),
        ("Hallo, wer sind Sie denn?", Intent.SMALL_TALK),
    ],
)
def test_a_plain_wish_is_understood_in_either_language(embedder, text, intent):
    routed = route(text, language="en", embedder=embedder)
    assert (routed.intent, routed.sure, routed.by_meaning) == (intent, True, True)


@pytest.mark.parametrize("text", ["xyzzy", "", "?", "42", "brrrm", "lorem ipsum dolor sit amet"])
def test_what_can_not_be_understood_without_embedder_is_unsure(text):
    assert not route(text, embedder=None).sure


def test_without_embedder_rules_and_wording_still_do_something():
    assert route("book a visit for tomorrow").intent is Intent.BOOK
    assert route("Bitte sagen Sie meinen Termin am Freitag ab", language="de").intent is (
        Intent.CANCEL
    )
    assert not route("book a visit for tomorrow").by_meaning


@pytest.mark.parametrize(
    "text",
    [
        "Was bedeutet mein Befund?",
        "Und was heißt der MRT-Bericht denn genau?",
        "what does this report say",
    ],
)
def test_what_asks_for_the_whole_report_has_it_explained(text):
    assert route(text, language="de") == Routed(Intent.EXPLAIN, 1.0)


def test_what_asks_for_a_word_of_the_report_is_a_question_about_the_word():
    for text in ("Was bedeutet Läsion in meinem Befund?", "What does glioma in my report mean?"):
        assert route(text, language="de") != Routed(Intent.EXPLAIN, 1.0)


def test_an_embedder_that_fails_counts_as_none():
    assert route("explain my report", embedder=_Missing()) == route("explain my report")


def test_an_answer_of_the_router_takes_at_most_50_ms(embedder):
    route("warm up", embedder=embedder)
    taken = []
    for number in range(60):
        begun = time.perf_counter()
        route(f"Could I come on the {number}th to talk about my scan?", embedder=embedder)
        taken.append(time.perf_counter() - begun)
    assert np.percentile(taken, 50) < 0.05


def test_a_very_long_message_is_read_to_a_bound(embedder):
    begun = time.perf_counter()
    route("cancel my appointment " * 100_000, embedder=embedder)
    assert time.perf_counter() - begun < 5


def test_the_shipped_heads_are_those_of_the_shipped_exemplars():
    assert card()["exemplars_sha256"] == training.digest()
    assert card()["classes"] == {name: list(of) for name, of in training.CLASSES.items()}


def test_heads_of_the_wording_are_right_on_what_they_learnt():
    learnt = [one for one in training.read_exemplars() if not one.made][::7]
    right = [
        judge("intent", one.text, None).likeliest[0] == one.kind
        for one in learnt
        if one.kind in training.INTENTS
    ]
    assert np.mean(right) > 0.8  # half of them are minimal pairs, which wording can not tell


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_training_again_gives_the_shipped_heads_of_the_wording():
    exemplars = training.read_exemplars()
    texts = [one.text for one in exemplars if not one.made]
    fresh = word_heads(exemplars)
    rows = by_words(texts)
    for head, classes in training.CLASSES.items():
        again = probabilities(fresh[head], rows)
        shipped = [judge(head, text, None).probabilities for text in texts]
        stored = np.array([[one[name] for name in classes] for one in shipped])
        assert np.abs(again - stored).max() < 0.02


def test_exemplars_are_many_varied_and_in_one_place_only():
    exemplars = [one for one in training.read_exemplars() if not one.made]
    assert min(Counter((one.language, one.kind) for one in exemplars).values()) >= 25
    counted = Counter(one.text.casefold() for one in exemplars)
    twice = {text for text, times in counted.items() if times > 1}
    assert twice <= {"hi", "ok", "wow", "test"}  # said alike in both languages
    for language in training.LANGUAGES:
        told = [one for one in exemplars if (one.language, one.kind) == (language, "emergency")]
        calm = [one for one in exemplars if (one.language, one.kind) == (language, "calm")]
        assert min(len(told), len(calm)) >= 100


def test_no_message_of_the_development_sets_was_learnt():
    def bare(text):
        return " ".join(text.casefold().strip(" .!?").split())

    learnt = {bare(one.text) for one in training.read_exemplars()}
    assert not [one.text for one in cases() if bare(one.text) in learnt]


def test_the_wording_is_the_same_with_and_without_umlauts():
    np.testing.assert_array_equal(n_grams("Läsion größer"), n_grams("Laesion groesser"))


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("I had a seizure three years ago", {"past", "mine"}, {"present", "asks"}),
        ("Vor drei Jahren hatte ich einen Anfall", {"past", "mine"}, {"present", "asks"}),
        ("Plötzlich ist mein Arm taub", {"sudden", "mine", "body"}, {"past", "denial"}),
        ("What does numbness mean in my report?", {"asks", "defines", "report", "mark"}, {"past"}),
    ],
)
def test_cues_see_when_whose_and_whether_it_is_asked(text, present, absent):
    seen = {name for name, one in zip(CUES, cues(text), strict=True) if one}
    assert present <= seen
    assert not absent & seen
