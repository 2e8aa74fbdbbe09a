"""The template head: small, symmetric, the one its card names, and made again from its source."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from inference.errors import WeightsError
from inference.measure.atlas import ATLAS_FILE, CARD_FILE, read_atlas, shipped_atlas
from inference.measure.regions import WORDS, Region
from inference.training.atlas.averaging import affine, rigid
from inference.training.atlas.build import build
from inference.training.atlas.lobes import Place, lobes
from inference.training.atlas.publish import publish

# Stereotactic (MNI) coordinates in mm (right, front, up) of places whose lobe nobody disputes.
KNOWN = {
    "frontal pole": ((20, 62, 5), Region.FRONTAL),
    "hand area": ((37, -18, 58), Region.FRONTAL),
    "Broca's area": ((48, 20, 18), Region.FRONTAL),
    "gyrus rectus": ((6, 35, -20), Region.FRONTAL),
    "supplementary motor area": ((6, 0, 62), Region.FRONTAL),
    "superior parietal lobule": ((25, -58, 62), Region.PARIETAL),
    "supramarginal gyrus": ((56, -34, 34), Region.PARIETAL),
    "precuneus": ((8, -56, 45), Region.PARIETAL),
    "temporal pole": ((38, 14, -34), Region.TEMPORAL),
    "Heschl's gyrus": ((47, -18, 7), Region.TEMPORAL),
    "middle temporal gyrus": ((58, -35, -2), Region.TEMPORAL),
    "hippocampus": ((27, -20, -12), Region.TEMPORAL),
    "occipital pole": ((14, -98, 2), Region.OCCIPITAL),
    "cuneus": ((8, -84, 22), Region.OCCIPITAL),
    "lingual gyrus": ((14, -72, -6), Region.OCCIPITAL),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_planes_give_known_places_their_lobe(name: str) -> None:
    (right, front, up), lobe = KNOWN[name]
    for x in (right, -right):
        place = Place.of(np.array([[float(x), float(-front), float(up)]]), np.eye(4))
        assert lobes(place)[0] == lobe


def test_the_template_is_small_symmetric_and_has_every_region() -> None:
    atlas = read_atlas()
    assert sum(path.stat().st_size for path in shipped_atlas().iterdir()) < 1_000_000
    for values in (atlas.plain, atlas.enhanced, atlas.regions):
        assert (values == values[..., ::-1]).all()
    middle = atlas.affine @ np.array([(atlas.regions.shape[2] - 1) / 2, 0, 0, 1])
    assert middle[0] == pytest.approx(0)
    assert set(np.unique(atlas.regions)) == {int(region) for region in Region}
    assert set(WORDS) == set(Region)


def test_the_regions_have_plausible_sizes_and_order() -> None:
    atlas = read_atlas()
    ml = np.bincount(atlas.regions.ravel()) * 8 / 1000
    lobe = {region: float(ml[region]) for region in Region}
    assert 900 < sum(lobe[r] for r in Region if 0 < r <= 8) < 1300
    assert lobe[Region.FRONTAL] > lobe[Region.PARIETAL] > lobe[Region.OCCIPITAL]
    assert 110 < lobe[Region.CEREBELLUM] < 170
    assert 8 < lobe[Region.THALAMUS] < 18
    centre = {r: np.argwhere(atlas.regions == r).mean(axis=0) for r in Region}
    assert centre[Region.FRONTAL][1] < centre[Region.PARIETAL][1] < centre[Region.OCCIPITAL][1]
    assert centre[Region.CEREBELLUM][0] < centre[Region.OCCIPITAL][0] < centre[Region.PARIETAL][0]
    assert centre[Region.SELLA][1] < centre[Region.BRAIN_STEM][1]


def test_the_notice_and_licence_of_the_source_are_with_it() -> None:
    notice = (shipped_atlas() / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Apache" in notice
    assert "SynthSeg" in notice
    assert "Apache License" in (shipped_atlas() / "LICENSE.txt").read_text(encoding="utf-8")
    card = json.loads((shipped_atlas() / CARD_FILE).read_text(encoding="utf-8"))
    assert len(card["heads"]) == 16


def test_an_altered_template_is_not_used(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped_atlas(), tmp_path / "atlas"))
    content = bytearray((folder / ATLAS_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / ATLAS_FILE).write_bytes(bytes(content))
    with pytest.raises(WeightsError, match="not the one"):
        read_atlas(folder)
    with pytest.raises(WeightsError, match="absent"):
        read_atlas(tmp_path / "nothing")


def test_known_maps_between_points_are_found_again() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(0, 40, (30, 3))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    moved = points @ turn.T + (5, -9, 2)
    assert np.allclose(rigid(points, moved)[:3, :3], turn)
    linear = np.eye(3) + 0.1 * rng.normal(size=(3, 3))
    found = affine(points, points @ linear.T + (1, 2, 3))
    assert np.allclose(found[:3, :3], linear)
    assert np.allclose(found[:3, 3], (1, 2, 3))
    mirrored = points * (-1, 1, 1)
    assert np.linalg.det(rigid(points, mirrored)[:3, :3]) > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_same_heads_make_the_same_template(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "synthseg_labels"
    publish(build(source), source, tmp_path)
    shipped = json.loads((shipped_atlas() / CARD_FILE).read_text(encoding="utf-8"))
    digest = hashlib.sha256((tmp_path / ATLAS_FILE).read_bytes()).hexdigest()
    assert digest == shipped["sha256"]
