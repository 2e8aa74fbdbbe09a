"""Check an installation: every part that can be missing or broken is really used once."""

from __future__ import annotations

import queue
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from reportlab.pdfgen.canvas import Canvas

from app.bootstrap import Workstation
from app.bundle import bundle_folder, changed, read_list
from app.storage.device_secret import system_keyrings
from app.storage.work import Storage
from app.version import VERSION
from app.workflow.scanned import series_record
from assistant.engine.e5 import find_e5
from assistant.leaflets.reading import read_leaflet
from viewer.canvas.volume_messages import Pose3D
from viewer.canvas.volume_process import VolumePainter
from viewer.dicom.example import build_example
from viewer.dicom.scan import scan
from viewer.geometry.planes import PlaneKind, standard_plane
from viewer.geometry.reslice import reslice


def run_self_test() -> int:
    """Run all checks, print a line for each, and return 0 if none failed."""
    checks: dict[str, Callable[[], str]] = {
        "the program's own files": _check_files,
        "encrypted database and pixel files": _check_storage,
        "slice viewer": _check_reslicing,
        "3-D view": _check_opengl,
        "AI model and worker": _check_inference,
        "language model": _check_language_model,
        "sentence embedder": _check_embedder,
        "passages to quote": _check_passages,
        "reader of leaflets": _check_leaflets,
        "keys": _check_keys,
    }
    failed = 0
    for name, check in checks.items():
        started = time.perf_counter()
        try:
            told = check()
        except Exception as error:  # noqa: BLE001 - the purpose is to tell what does not work
            failed += 1
            told = f"FAILED: {type(error).__name__}: {error}"
        sys.stdout.write(f"{name:38} {told} ({time.perf_counter() - started:.1f} s)\n")
    sys.stdout.write("All parts work.\n" if not failed else f"{failed} part(s) do not work.\n")
    return 1 if failed else 0


def _check_files() -> str:
    folder = bundle_folder()
    if folder is None:
        return f"{VERSION}, from its sources"
    wrong = changed(folder)
    if wrong:
        raise RuntimeError(f"{len(wrong)} are missing or damaged, first {wrong[0]}")
    return f"ok, {VERSION}, {len(read_list(folder))} files as they were built"


def _check_storage() -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        storage = Storage(folder, bytes(range(32)))
        voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
        file_id = storage.pixels.put(voxels, "self-test")
        same = np.array_equal(storage.pixels.get(file_id), voxels)
        storage.close()
        plain = any(
            path.read_bytes()[:6] == b"SQLite" for path in folder.rglob("*") if path.is_file()
        )
    if not same or plain:
        raise RuntimeError("what was written is not what was read, or it is not encrypted")
    return "ok"


def _check_reslicing() -> str:
    voxels = np.arange(27, dtype=np.int16).reshape(3, 3, 3)
    plane = standard_plane(PlaneKind.AXIAL, (1.0, 1.0, 1.0))
    picture = reslice(voxels, np.eye(4), plane, (3, 3), 1.0)
    if not np.array_equal(picture, voxels[1]):
        raise RuntimeError("VTK cut a plane that is not the stored slice")
    return "ok"


def _check_opengl() -> str:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    refused: list[str] = []

    def refuse(reason: str) -> None:
        refused.append(reason)
        told.put(reason)

    painter = VolumePainter(lambda frame: told.put(f"ok, {frame.device}"), refuse)
    try:
        painter.show(np.arange(512, dtype=np.int16).reshape(8, 8, 8), np.eye(4))
        painter.look(Pose3D(64, 64, coarse=True))
        answer = told.get(timeout=60)
    finally:
        painter.close()
    if refused:
        raise RuntimeError(answer)
    return answer


def _check_inference() -> str:
    with tempfile.TemporaryDirectory() as name:
        workstation = Workstation(Path(name))
        try:
            card = workstation.analyser.card()
            example = scan([build_example(Path(name))], _quiet).series[0]
            analysis = workstation.analyser.analyse(
                series_record(example, "", ""), example.volume, _quiet
            )
            run = analysis.run
            return f"ok, {card.name} {card.version} on {run.device}: {run.outcome.value}"
        finally:
            workstation.close()


def _check_language_model() -> str:
    with tempfile.TemporaryDirectory() as name:
        workstation = Workstation(Path(name))
        try:
            model = workstation.language_model()
            if model is None:
                return "none installed; explanations use the templates"
            text = model.complete(
                (("user", "Say hello."),), max_tokens=8, on_token=lambda _token: None
            )
            if not text.strip():
                raise RuntimeError("the model answered nothing")
            return f"ok, {model.name()}"
        finally:
            workstation.close()


def _check_embedder() -> str:
    with tempfile.TemporaryDirectory() as name:
        workstation = Workstation(Path(name))
        try:
            embedder = workstation.embedder
            if embedder is None:
                return "none installed; messages are understood by written rules alone"
            told, like, unlike = embedder.embed(
                ("I can not feel my arm", "my hand is numb", "book a visit on Friday")
            )
            if not told @ like > told @ unlike:
                raise RuntimeError("sentences of like meaning do not lie close together")
            if find_e5() is None:
                return "English only; messages are understood by rules and their wording"
            told, like, unlike = embedder.embed_message(
                ("I can not feel my arm", "Mein Arm ist taub", "Wo kann ich parken?")
            )
            if not told @ like > told @ unlike:
                raise RuntimeError("German and English of like meaning do not lie close together")
            return "ok, English and German"
        finally:
            workstation.close()


def _check_passages() -> str:
    with tempfile.TemporaryDirectory() as name:
        workstation = Workstation(Path(name))
        try:
            find = workstation.library.finder(())
            found = find("What is a meningioma?")
            if not found or "eningioma" not in found[0].text:
                raise RuntimeError("a question does not find its passage")
            return "ok, by meaning and words" if find.by_meaning else "ok, by words alone"
        finally:
            workstation.close()


def _check_leaflets() -> str:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "leaflet.pdf"
        sheet = Canvas(str(path))
        sheet.drawString(60, 780, "Please take off all metal before you come into the room.")
        sheet.save()
        read = read_leaflet(path, lambda: None)
        return f"ok, {len(read.extracts)} piece of a PDF"


def _check_keys() -> str:
    ring = next(iter(system_keyrings()), None)
    if ring is None:
        return "no keyring of the operating system; passwords alone will hold the keys"
    return f"ok, {type(ring).__module__.rsplit('.', 1)[-1]}"


def _quiet(_fraction: float, _text: str, /) -> None:
    return None
