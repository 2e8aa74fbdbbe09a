"""Command line: ``python -m inference.training {fold,all,publish,evaluate,seeds,page,...}``."""

from __future__ import annotations

import argparse
import json
import logging
import shutil
from pathlib import Path

import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from inference.models.cards import shipped_folder, shipped_root
from inference.models.manifest import sign
from inference.training.beginning import network_to_train
from inference.training.cases import draw_cases
from inference.training.checkpoint import NUMBERS, TENSORS
from inference.training.evaluate import evaluate
from inference.training.fit import Plan, fit
from inference.training.page import card_page
from inference.training.publish import member_file, publish
from inference.training.rounds import train_all
from inference.training.seeds import check_seeds
from inference.training.slices import FOLDS, Split, held_out_slices, read_negatives, training_slices

_log = logging.getLogger("inference.training")


def main() -> None:
    """Train the tumour network, make its card, sign it, or compute its figures again."""
    chosen = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    chosen.run(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference.training")
    parser.add_argument("--threads", type=int, default=1)
    commands = parser.add_subparsers(required=True)
    for name, run, words in (
        ("fold", _fold, "train the member that never sees one fold"),
        ("all", _all, "train all five members, as many at a time as there are cores"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("--data", type=Path, required=True, help="cheng_t1ce and pgbm_nifti")
        command.add_argument("--out", type=Path, required=True, help="checkpoints and weights")
        command.add_argument("--epochs", type=int, default=50)
        command.add_argument("--minutes", type=float, default=1e6, help="longest time per member")
        command.add_argument("--start", type=Path, help="train on from this model's members")
        command.add_argument(
            "--encoder",
            type=Path,
            help="begin with this encoder, EfficientNet-Lite0's weights as safetensors (ADR 51)",
        )
        if run is _fold:
            command.add_argument("--fold", type=int, choices=FOLDS, required=True)
            command.add_argument("--resume", action="store_true")
            command.add_argument(
                "--split",
                type=Split,
                choices=list(Split),
                default=Split.BY_PATIENT,
                help="slice: patients on both sides, to show what that does to the figures",
            )
        command.set_defaults(run=run)
    command = commands.add_parser("publish", help="measure trained members and write their card")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--folder", type=Path, required=True, help="the model's folder")
    command.add_argument("--start", type=Path, help="the model they were trained on from")
    command.set_defaults(run=_publish)
    command = commands.add_parser("evaluate", help="compute the shipped model's figures again")
    command.add_argument("--data", type=Path, required=True)
    command.set_defaults(run=_evaluate)
    command = commands.add_parser("seeds", help="check the heat maps again with other seeds")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--to", type=Path, required=True, help="JSON the page is made with")
    command.set_defaults(run=_seeds)
    command = commands.add_parser("page", help="write a model's card as a page")
    command.add_argument("--to", type=Path, required=True)
    command.add_argument("--seeds", type=Path, required=True, help="what `seeds` wrote")
    command.set_defaults(run=_page)
    command = commands.add_parser("cases", help="draw twenty cases: right, wrong, refused")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--to", type=Path, required=True)
    command.set_defaults(run=_cases)
    command = commands.add_parser("sign", help="take a model folder over and sign what ships")
    command.add_argument("--folder", type=Path, help="a published model to take over")
    command.add_argument("--key", type=Path, required=True, help="Ed25519 private key, PEM")
    command.set_defaults(run=_sign)
    return parser


def _fold(chosen: argparse.Namespace) -> None:
    torch.set_num_threads(chosen.threads)
    folder = chosen.out / f"fold-{chosen.fold}"
    folder.mkdir(parents=True, exist_ok=True)
    if not chosen.resume:
        for name in (TENSORS, NUMBERS):
            (folder / name).unlink(missing_ok=True)
    folder_of_slices = chosen.data / "cheng_t1ce"
    training = training_slices(folder_of_slices, chosen.fold, chosen.split)
    held_out = held_out_slices(folder_of_slices, chosen.fold, chosen.split)
    negatives = read_negatives(chosen.data / "pgbm_nifti")
    sizes = tuple(map(len, (training, negatives, held_out)))
    _log.info("fold %d: %d training, %d negative, %d held-out slices", chosen.fold, *sizes)
    start = chosen.start and member_file(chosen.start, chosen.fold)
    plan = Plan(chosen.epochs, chosen.minutes)
    network = network_to_train(plan.seed, start, chosen.encoder)
    fit(network, training, negatives, held_out, folder, plan)


def _all(chosen: argparse.Namespace) -> None:
    length = ("--epochs", str(chosen.epochs), "--minutes", str(chosen.minutes))
    train_all(chosen.data, chosen.out, length, chosen.start, chosen.encoder)


def _publish(chosen: argparse.Namespace) -> None:
    publish(chosen.out, chosen.data, chosen.folder, chosen.start)


def _evaluate(chosen: argparse.Namespace) -> None:
    evaluate(chosen.data)


def _seeds(chosen: argparse.Namespace) -> None:
    torch.set_num_threads(chosen.threads)
    found = check_seeds(shipped_folder(), chosen.data)
    chosen.to.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _page(chosen: argparse.Namespace) -> None:
    chosen.to.write_text(card_page(shipped_folder(), chosen.seeds), encoding="utf-8")


def _cases(chosen: argparse.Namespace) -> None:
    draw_cases(chosen.data).save(chosen.to)


def _sign(chosen: argparse.Namespace) -> None:
    if chosen.folder:
        target = shipped_folder(chosen.folder.name)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(chosen.folder, target)
    key = load_pem_private_key(chosen.key.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SystemExit("the key is not an Ed25519 private key")
    sign(shipped_root(), key)


if __name__ == "__main__":
    main()
