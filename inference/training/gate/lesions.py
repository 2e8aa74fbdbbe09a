"""What disease and anatomy add to a slice of tissue numbers before it is given a contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.training.gate.labels import EDGE, Tissues
from inference.training.gate.tissues import INDEX

BRAIN = np.zeros(256, dtype=bool)
BRAIN[[INDEX[name] for name in ("white matter", "cortex", "deep grey", "choroid plexus")]] = True
_INSIDE = BRAIN.copy()
_INSIDE[[INDEX["cerebrospinal fluid"], INDEX["oedema"]]] = True
_FLUID = INDEX["cerebrospinal fluid"]


def embellish(pair: Tissues, generator: np.random.Generator) -> Tissues:
    """Return the pair with cortical veins, perhaps a lesion, perhaps without its skull or face."""
    pair = pair.copy()
    _mix_soft_tissue(pair, generator)
    _cortical_veins(pair, generator)
    if generator.random() < 0.45:
        _lesion(pair, generator)
    if generator.random() < 0.15:
        _strip(pair, generator)
    return pair


def _mix_soft_tissue(pair: Tissues, generator: np.random.Generator) -> None:
    """Lay fat between the muscles of face and neck, which the maps hold as one tissue."""
    grain = ndimage.gaussian_filter(generator.standard_normal((EDGE, EDGE)), (4, 2.5))
    limit = float(np.quantile(grain, generator.uniform(0.5, 0.85)))
    for picture in pair:
        picture[(grain > limit) & (picture == INDEX["muscle"])] = INDEX["fat"]


def _cortical_veins(pair: Tissues, generator: np.random.Generator) -> None:
    """Turn specks of the fluid over the cortex into veins, and some into meninges."""
    grain = ndimage.gaussian_filter(generator.standard_normal((EDGE, EDGE)), 0.9)
    limit = float(np.quantile(grain, 1 - generator.uniform(0.01, 0.10)))
    for picture in pair:
        specks = (grain > limit) & (picture == _FLUID) & _beside(picture)
        picture[specks] = INDEX["vein"] if generator.random() < 0.8 else INDEX["artery"]


def _beside(picture: Tissues) -> NDArray[np.bool_]:
    cortex = picture == INDEX["cortex"]
    return np.asarray(ndimage.binary_dilation(cortex, iterations=2))


def _lesion(pair: Tissues, generator: np.random.Generator) -> None:
    inside = np.argwhere(BRAIN[pair[0]])
    if len(inside) < 500:
        return
    centre = inside[generator.integers(len(inside))]
    size = generator.uniform(4, 28)
    y, x = np.indices((EDGE, EDGE), dtype=np.float32)
    field = ndimage.zoom(generator.standard_normal((12, 12)), EDGE / 12, order=1)
    stretch = generator.uniform(0.7, 1.4)
    far = np.hypot((y - centre[0]) * stretch, (x - centre[1]) / stretch) / size + 0.18 * field
    way = generator.random()
    layers: tuple[tuple[float, str], ...]
    if way < 0.25:
        layers = ((1.7, "oedema"), (1.0, "mass"), (generator.uniform(0.4, 0.85), "necrosis"))
    elif way < 0.5:
        layers = ((generator.uniform(1.0, 1.6), "oedema"), (1.0, "mass"))
    elif way < 0.6:
        layers = ((1.0, "oedema"),)
    elif way < 0.75:
        layers = ((1.0, "infarct"),)
    elif way < 0.85:
        layers = ((1.2, "oedema"), (0.8, "blood product"))
    else:
        layers = ((1.0, "cerebrospinal fluid"),)
    for picture in pair:
        brain = _INSIDE[picture]
        for limit, name in layers:
            picture[(far < limit) & brain] = INDEX[name]


def _strip(pair: Tissues, generator: np.random.Generator) -> None:
    """Leave the brain and its fluid only, as brain extraction does; now and then a little more."""
    grow = int(generator.integers(0, 4))
    for picture in pair:
        brain = np.asarray(ndimage.binary_closing(BRAIN[picture], iterations=4))
        if grow:
            brain = np.asarray(ndimage.binary_dilation(brain, iterations=grow))
        picture[~brain] = 0
