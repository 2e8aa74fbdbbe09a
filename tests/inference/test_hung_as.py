"""Series are hung by what their tags say, whatever somebody called them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inference.pipeline.sequence import hung_as
from tests.app.storage.records import SERIES

TAGS = [
    ("T1", {"ScanningSequence": "SE", "EchoTime": "9", "RepetitionTime": "500"}),
    (
        "T1 post contrast",
        {"EchoTime": "9", "RepetitionTime": "500", "ContrastBolusAgent": "Gadobutrol"},
    ),
    (
        "T1",
        {
            "ScanningSequence": "GR",
            "EchoTime": "3",
            "RepetitionTime": "2000",
            "InversionTime": "900",
        },
    ),
    ("T2", {"ScanningSequence": "SE", "EchoTime": "100", "RepetitionTime": "4500"}),
    ("FLAIR", {"EchoTime": "120", "RepetitionTime": "9000", "InversionTime": "2500"}),
    ("diffusion", {"DiffusionBValue": "1000", "EchoTime": "80", "RepetitionTime": "5000"}),
    ("diffusion", {"ImageType": "DERIVED\\PRIMARY\\DIFFUSION\\TRACEW", "EchoTime": "80"}),
    ("ADC", {"ImageType": "DERIVED\\PRIMARY\\DIFFUSION\\ADC", "EchoTime": "80"}),
    ("susceptibility", {"ScanningSequence": "GR", "EchoTime": "20", "RepetitionTime": "28"}),
    ("susceptibility", {"AcquisitionContrast": "T2_STAR"}),
    ("FLAIR", {"AcquisitionContrast": "FLUID_ATTENUATED"}),
]


@pytest.mark.parametrize(("name", "physics"), TAGS)
@pytest.mark.parametrize("called", ["", "SERIES 7", "t2 flair dwi swi t1 localizer"])
def test_tags_outweigh_names(name: str, physics: dict[str, str], called: str) -> None:
    series = replace(SERIES, description=called, physics=physics)
    assert hung_as(series) == name


@pytest.mark.parametrize(
    ("called", "name"), [("AX T2 FLAIR", "FLAIR"), ("ADC map", "ADC"), ("holiday", "unknown")]
)
def test_a_name_counts_where_no_tag_speaks(called: str, name: str) -> None:
    assert hung_as(replace(SERIES, description=called, physics={})) == name
