"""Tissues, their relaxation times, and what an MR sequence or CT makes of them.

Times are textbook values at 1.5 to 3 T, in ms; every use jitters them. Contrast agent shortens
T1 where blood carries it: 1/T1 grows with ``uptake`` times the dose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tissue:
    """One tissue: relaxation (ms), protons, diffusion (1e-3 mm2/s), uptake of agent, CT number."""

    t1: float
    t2: float
    protons: float
    diffusion: float
    uptake: float
    hounsfield: float


AIR = Tissue(1000, 50, 0.0, 0.0, 0, -1000)
TISSUES: dict[str, Tissue] = {
    "air": AIR,
    "white matter": Tissue(650, 75, 0.70, 0.75, 0.03, 28),
    "cortex": Tissue(1150, 95, 0.82, 0.85, 0.05, 38),
    "deep grey": Tissue(950, 82, 0.80, 0.80, 0.04, 36),
    "cerebrospinal fluid": Tissue(4200, 1800, 1.0, 3.0, 0, 6),
    "artery": Tissue(1650, 180, 0.90, 1.2, 1.0, 45),
    "vein": Tissue(1650, 130, 0.90, 1.2, 1.0, 50),
    "mucosa": Tissue(1200, 110, 0.90, 1.5, 0.75, 40),
    "choroid plexus": Tissue(1300, 130, 0.90, 1.5, 0.8, 40),
    "pituitary": Tissue(900, 95, 0.85, 0.9, 0.8, 45),
    "fat": Tissue(280, 80, 0.95, 0.05, 0.02, -95),
    "muscle": Tissue(1050, 42, 0.80, 1.2, 0.15, 55),
    "marrow": Tissue(350, 65, 0.60, 0.2, 0.08, 250),
    "bone": Tissue(1000, 3, 0.12, 0.0, 0, 1000),
    "skin": Tissue(700, 40, 0.70, 0.6, 0.2, 10),
    "eye": Tissue(3900, 1300, 1.0, 2.8, 0, 8),
    "lens": Tissue(900, 30, 0.70, 0.8, 0, 60),
    "cord": Tissue(850, 80, 0.75, 0.9, 0.03, 35),
    "oedema": Tissue(1350, 170, 0.90, 1.4, 0.05, 24),
    "mass": Tissue(1250, 130, 0.88, 1.1, 0.6, 40),
    "necrosis": Tissue(2600, 500, 0.97, 2.2, 0.03, 15),
    "blood product": Tissue(380, 70, 0.80, 0.7, 0.03, 65),
    "infarct": Tissue(1250, 130, 0.86, 0.45, 0.05, 26),
    "liver": Tissue(650, 45, 0.80, 1.2, 0.3, 60),
    "cartilage": Tissue(1100, 38, 0.75, 1.3, 0.05, 80),
    "fluid": Tissue(3000, 800, 1.0, 2.6, 0, 8),
}
NAMES = tuple(TISSUES)
INDEX = {name: number for number, name in enumerate(NAMES)}
_TABLE = np.array(
    [[t.t1, t.t2, t.protons, t.diffusion, t.uptake, t.hounsfield] for t in TISSUES.values()]
)
_FATTY = [INDEX["fat"], INDEX["marrow"]]
_FLOWING = [INDEX["artery"], INDEX["vein"]]


def signals(kind: str, generator: np.random.Generator) -> Values:
    """Return one signal per tissue of ``NAMES`` in a sequence of ``kind`` (models.gate_net.KINDS).

    Sequence timings, relaxation times, dose, flow and fat suppression are drawn anew each time.
    """
    table = _TABLE.copy()
    table[:, :2] *= np.exp(0.12 * generator.standard_normal((len(table), 2)))
    table[:, 2:4] *= np.exp(0.06 * generator.standard_normal((len(table), 2)))
    makers = {
        "T1": _t1,
        "T1 after contrast": _t1_after,
        "T2": _t2,
        "FLAIR": _flair,
        "proton-density": _protons,
        "DWI": _diffusion,
        "ADC": _adc,
        "CT": _ct,
        "other": _other,
    }
    return np.asarray(makers[kind](table, generator), dtype=np.float32)


def _t1(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    t1, t2, protons = table[:, 0], table[:, 1], table[:, 2]
    way = generator.random()
    if way < 0.45:
        signal = protons * (1 - np.exp(-generator.uniform(350, 800) / t1))
        signal = signal * np.exp(-generator.uniform(8, 20) / t2)
    elif way < 0.7:
        flip, ratio = np.deg2rad(generator.uniform(15, 40)), np.exp(-generator.uniform(8, 30) / t1)
        signal = protons * np.sin(flip) * (1 - ratio) / (1 - np.cos(flip) * ratio)
    else:
        inversion, repetition = generator.uniform(750, 1150), generator.uniform(1600, 2600)
        recovered = 1 - 2 * np.exp(-inversion / t1) + np.exp(-repetition / t1)
        signal = protons * np.maximum(np.abs(recovered), 0.02) * np.exp(-4 / t2)
    after = bool((table[INDEX["vein"], 0]) < 900)
    spin = way < 0.45
    signal[INDEX["artery"]] *= generator.uniform(0.1 if spin else 0.5, 1.1 if spin else 1.8)
    low = 0.6 if after else 0.1
    signal[INDEX["vein"]] *= generator.uniform(low, 1.1)
    return _fat_suppressed(signal, 0.25, generator)


def _t1_after(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    dose = generator.uniform(1.6, 6.0)
    spread = np.exp(0.25 * generator.standard_normal(len(table)))
    rate = 1000 / table[:, 0] + dose * table[:, 4] * spread
    table[:, 0] = 1000 / rate
    return _t1(table, generator)


def _t2(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    signal = table[:, 2] * (1 - np.exp(-generator.uniform(2500, 7000) / table[:, 0]))
    signal = signal * np.exp(-generator.uniform(75, 125) / table[:, 1])
    signal[_FLOWING] *= generator.uniform(0, 0.6, 2)
    signal[INDEX["fat"]] *= generator.uniform(1, 2.2)
    return _fat_suppressed(signal, 0.35, generator)


def _flair(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    inversion, repetition = generator.uniform(1900, 2700), generator.uniform(7000, 11000)
    recovered = 1 - 2 * np.exp(-inversion / table[:, 0]) + np.exp(-repetition / table[:, 0])
    signal = table[:, 2] * np.abs(recovered) * np.exp(-generator.uniform(90, 160) / table[:, 1])
    water = [INDEX["cerebrospinal fluid"], INDEX["eye"], INDEX["fluid"]]
    signal[water] = generator.uniform(0.0, 0.25, 3) * signal[INDEX["white matter"]]
    signal[_FLOWING] *= generator.uniform(0, 0.7, 2)
    signal[INDEX["fat"]] *= generator.uniform(1, 2)
    return _fat_suppressed(signal, 0.5, generator)


def _protons(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    signal = table[:, 2] * (1 - np.exp(-generator.uniform(2000, 4500) / table[:, 0]))
    signal = signal * np.exp(-generator.uniform(10, 32) / table[:, 1])
    signal[_FLOWING] *= generator.uniform(0, 0.8, 2)
    return _fat_suppressed(signal, 0.2, generator)


def _diffusion(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    signal = table[:, 2] * (1 - np.exp(-generator.uniform(3000, 8000) / table[:, 0]))
    weight = generator.uniform(0.7, 1.6)
    signal = signal * np.exp(-generator.uniform(60, 105) / table[:, 1] - weight * table[:, 3])
    return _only_water(signal, generator)


def _adc(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    return _only_water(table[:, 3].copy(), generator)


def _ct(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    numbers = table[:, 5] + 4 * generator.standard_normal(len(table))
    numbers += generator.choice([0, 1]) * generator.uniform(50, 200) * table[:, 4]
    if generator.random() < 0.4:
        return numbers + 1000
    width = generator.choice([80, 150, 400, 2000])
    return np.asarray(np.clip(numbers - generator.uniform(20, 60) + width / 2, 0, width))


def _other(table: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    """Susceptibility, angiography, echo-planar and parametric maps."""
    way = generator.random()
    if way < 0.35:
        decay = np.minimum(table[:, 1], generator.uniform(45, 70))
        signal = table[:, 2] * np.exp(-generator.uniform(15, 35) / decay)
        signal *= 1 - np.exp(-generator.uniform(200, 900) / table[:, 0])
        signal[INDEX["vein"]] *= generator.uniform(0.0, 0.4)
        signal[[INDEX["blood product"], INDEX["deep grey"]]] *= generator.uniform(0.4, 0.9)
        return signal
    if way < 0.6:
        signal = table[:, 2] * (1 - np.exp(-25 / table[:, 0])) * generator.uniform(0.5, 1.5)
        signal[INDEX["artery"]] = generator.uniform(3, 6) * signal.mean()
        return _fat_suppressed(signal, 0.3, generator)
    if way < 0.8:
        signal = table[:, 2] * np.exp(-generator.uniform(25, 45) / np.minimum(table[:, 1], 80))
        return _only_water(signal, generator)
    signal = np.zeros(len(table))
    chosen = generator.choice(["white matter", "cortex", "deep grey", "cerebrospinal fluid"])
    signal[INDEX[chosen]] = 1
    return signal + 0.05 * generator.random(len(table)) * (table[:, 2] > 0)


def _fat_suppressed(
    signal: NDArray[np.float64], chance: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    if generator.random() < chance:
        signal[_FATTY] *= generator.uniform(0.03, 0.35)
    return signal


def _only_water(signal: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    """Echo-planar pictures hold next to no fat, bone or skin."""
    for name in ("fat", "marrow", "bone", "skin", "muscle", "air"):
        signal[INDEX[name]] *= generator.uniform(0, 0.25)
    return signal
