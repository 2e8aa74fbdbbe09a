"""What is strong enough, and who may sign in by a verifier."""

from __future__ import annotations

import pytest

from app.accounts.passwords import KdfCost, check_strength, hash_verifier, stretch, verify
from app.errors import WeakPasswordError


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password123",
        "P@ssw0rd!",
        "12345678",
        "qwertyuiop",
        "87654321",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "Sagittal2026!",
        "drsmith1",
        "NorthClinic",
    ],
)
def test_weak_password_is_refused_with_a_reason(password: str) -> None:
    with pytest.raises(WeakPasswordError, match=r"\w+ .*\."):
        check_strength(password, ("Dr Smith", "drsmith", "North Clinic", "NorthClinic"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "brume-lampe-7",
        "雨が降る夜の図書館",
        "x" * 3 + "many words here" * 9,
    ],
)
def test_a_few_words_pass_without_composition_rules(password: str) -> None:
    check_strength(password, ("Dr Smith", "North Clinic"))


def test_a_password_that_stands_alone_must_be_longer() -> None:
    check_strength("brume-lampe-7")
    with pytest.raises(WeakPasswordError):
        check_strength("brume-lampe-7", minimum=15)


def test_verifier_opens_for_its_password_only() -> None:
    verifier = hash_verifier("brume-lampe-7", KdfCost.TESTING)
    assert "brume" not in verifier
    assert verify(verifier, "brume-lampe-7")
    assert not verify(verifier, "brume-lampe-8")
    assert verifier != hash_verifier("brume-lampe-7", KdfCost.TESTING)


def test_the_same_letters_typed_another_way_are_the_same_password() -> None:
    assert verify(hash_verifier("caf\u00e9 au lait", KdfCost.TESTING), "cafe\u0301 au lait")


@pytest.mark.parametrize(
    "verifier", ["", "not a verifier", "$argon2id$v=19$m=999999999,t=3,p=4$c2FsdHNhbHQ$aGFzaA"]
)
def test_a_bad_or_monstrous_verifier_is_false(
    verifier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KdfCost, "PRODUCTION", KdfCost.TESTING)
    assert not verify(verifier, "brume-lampe-7")


def test_the_costs_hold_the_floor() -> None:
    assert KdfCost(memory_kib=65536, passes=3, lanes=4) == KdfCost.PRODUCTION
    assert KdfCost.PASSWORD_ONLY.memory_kib == 262144
    assert KdfCost.PASSWORD_ONLY.at_least(KdfCost.PRODUCTION)
    assert not KdfCost.TESTING.at_least(KdfCost.PRODUCTION)


def test_no_long_password_is_cut() -> None:
    long = "z" * 100
    one, other = (stretch(long + end, b"salt salt", KdfCost.TESTING) for end in "ab")
    assert one != other
