"""Series are hung by what their tags say, whatever somebody called them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from inference.pipeline import hung
from inference.pipeline.hung import hung_as
from tests.app.storage.records import SERIES

SE, GR, EP = {"ScanningSequence": "SE"}, {"ScanningSequence": "GR"}, {"ScanningSequence": "EP\\SE"}


def times(echo: float, repetition: float, inversion: float | None = None) -> dict[str, str]:
    found = {"EchoTime": f"{echo}", "RepetitionTime": f"{repetition}"}
    return found | ({"InversionTime": f"{inversion}"} if inversion is not None else {})


AGENT = {"ContrastBolusAgent": "Gadobutrol"}
# What the series is, what its header says. Times as protocols of 1.5 and 3 T have them.
TAGS: list[tuple[str, dict[str, str]]] = [
    ("T1", SE | times(9, 500)),
    ("T1", GR | times(3, 2000, 900) | {"SequenceVariant": "SK\\SP\\MP"}),  # MPRAGE
    ("T1", GR | times(3.2, 8.2, 450) | {"SequenceVariant": "SS\\SP\\SK"}),  # BRAVO
    ("T1", SE | times(24, 2500, 860)),  # inversion-prepared fast spin echo
    ("T1", {"AcquisitionContrast": "T1"} | times(4, 10)),
    ("T1 post contrast", SE | times(9, 500) | AGENT),
    ("T1 post contrast", GR | times(3, 2000, 900) | AGENT),
    ("T1", SE | times(9, 500) | {"ContrastBolusAgent": "NONE"}),
    ("T2", SE | times(100, 4500)),
    ("T2", SE | times(95, 4500) | AGENT),
    ("T2", GR | times(2.6, 6.0) | {"SequenceVariant": "SS\\SK"}),  # CISS, FIESTA
    ("FLAIR", SE | times(120, 9000, 2500)),
    ("FLAIR", {"ScanningSequence": "SE\\IR"} | times(388, 5000, 1800)),  # 3-D
    ("FLAIR", {"AcquisitionContrast": "FLUID_ATTENUATED"}),
    ("proton-density", SE | times(14, 3000)),
    ("diffusion", EP | times(80, 5000) | {"DiffusionBValue": "1000"}),
    ("diffusion", EP | times(80, 5000) | {"DiffusionBValue": "0"}),
    ("diffusion", EP | times(80, 5000) | {"SequenceName": "*ep_b0"}),
    ("diffusion", EP | times(80, 5000) | {"ImageType": "DERIVED\\PRIMARY\\DIFFUSION\\TRACEW"}),
    ("diffusion", {"AcquisitionContrast": "DIFFUSION", "EchoPlanarPulseSequence": "YES"}),
    ("ADC", EP | times(80, 5000) | {"ImageType": "DERIVED\\PRIMARY\\DIFFUSION\\ADC"}),
    ("ADC", EP | times(80, 5000) | {"ImageType": "DERIVED\\PRIMARY\\ADC_UNSPECIFIED\\NONE"}),
    ("T2", SE | times(100, 4500) | {"DiffusionBValue": "0"}),  # written into every image
    ("susceptibility", GR | times(20, 28)),
    ("susceptibility", GR | times(20, 28) | {"ImageType": "ORIGINAL\\PRIMARY\\M\\SWI\\NORM"}),
    ("susceptibility", GR | times(25, 650)),  # T2* of two dimensions
    ("susceptibility", {"AcquisitionContrast": "T2_STAR"}),
    ("susceptibility", {"EchoPulseSequence": "GRADIENT"} | times(22, 30)),
    ("angiography", GR | times(4, 22) | {"AngioFlag": "Y"}),
    ("angiography", {"AcquisitionContrast": "TOF"}),
    ("localiser", GR | times(4, 8) | {"ImageType": "ORIGINAL\\PRIMARY\\LOCALIZER"}),
    ("derived or functional", GR | times(20, 28) | {"ImageType": "ORIGINAL\\PRIMARY\\P\\ND"}),
    ("derived or functional", GR | times(20, 28) | {"ComplexImageComponent": "PHASE"}),
    ("derived or functional", EP | times(80, 5000) | {"ImageType": "DERIVED\\PRIMARY\\FA"}),
    ("derived or functional", {"ImageType": "DERIVED\\PRIMARY\\PERFUSION\\RCBV"}),
    (
        "derived or functional",
        GR | times(4, 22) | {"ImageType": "DERIVED\\SECONDARY\\PROJECTION IMAGE\\MIP"},
    ),
]
MISLEADING = ["", "SERIES 7", "t2 flair dwi swi t1 localizer", "ADC map", "perfusion cbv", "FLAIR"]


@pytest.mark.parametrize(("name", "physics"), TAGS)
@pytest.mark.parametrize("called", MISLEADING)
def test_tags_outweigh_names(name: str, physics: dict[str, str], called: str) -> None:
    assert hung_as(replace(SERIES, description=called, physics=physics)) == name


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_names_change_nothing(seed: int) -> None:
    """Names that speak of contrast are left out: no tag can say that none was given."""
    table = [one for one in TAGS if "contrast" not in one[0]]
    told = [name for name, _ in table]
    random.Random(seed).shuffle(told)
    for called, (name, physics) in zip(told, table, strict=True):
        assert hung_as(replace(SERIES, description=called, physics=physics)) == name


def test_that_claim_fails_where_names_are_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table with the tags silenced: names lead astray, as they do elsewhere."""
    monkeypatch.setattr(hung, "_stated", lambda _: "")
    monkeypatch.setattr(hung, "measured_sequence", lambda _: hung.Sequence.UNKNOWN)
    told = [
        (name, hung_as(replace(SERIES, description="FLAIR", physics=one))) for name, one in TAGS
    ]
    assert sum(name != found for name, found in told) > len(TAGS) * 0.8


def test_the_unweighted_volume_of_a_diffusion_series_is_diffusion() -> None:
    physics = SE | times(80, 5000)
    first = replace(SERIES, description="", physics=physics, axis="b value", axis_value="0")
    assert hung_as(first) == "diffusion"


def test_a_time_series_of_echo_planar_images_is_functional() -> None:
    physics = {"ScanningSequence": "EP\\GR"} | times(35, 1500)
    assert hung_as(replace(SERIES, physics=physics, axis="time point")) == "derived or functional"


@pytest.mark.parametrize(
    ("called", "name"), [("AX T2 FLAIR", "FLAIR"), ("ADC map", "ADC"), ("holiday", "unknown")]
)
def test_a_name_counts_where_no_tag_speaks(called: str, name: str) -> None:
    assert hung_as(replace(SERIES, description=called, physics={})) == name
