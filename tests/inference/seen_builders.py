"""What a gate's network might have seen, made by hand."""

from __future__ import annotations

from inference.models.gate_card import Limits
from inference.models.gate_net import ARTEFACTS, KINDS, PLANES
from inference.pipeline.seen import Seen

LIMITS = Limits(
    temperature=1.0,
    head=0.5,
    enhanced=0.8,
    recognised=0.6,
    against=0.97,
    turned=0.8,
    artefact=0.5,
)


def seen_as(
    kind: str = "T1 after contrast",
    sure: float = 0.98,
    *,
    head: float = 0.999,
    plane: str = "axial",
    turn: int = 0,
    mirrored: float = 0.02,
    **artefacts: float,
) -> Seen:
    """Return a series seen as ``kind`` with the chance ``sure``, the rest spread evenly."""
    rest = (1 - sure) / (len(KINDS) - 1)
    turns = [0.02] * 4
    turns[turn] = 0.94
    return Seen(
        slices=20,
        head=head,
        kinds={name: sure if name == kind else rest for name in KINDS},
        planes={name: 0.96 if name == plane else 0.02 for name in PLANES},
        turns=(turns[0], turns[1], turns[2], turns[3]),
        mirrored=mirrored,
        artefacts=dict.fromkeys(ARTEFACTS, 0.01) | artefacts,
    )
