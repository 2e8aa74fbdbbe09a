"""The signed list of what ships: every model file's SHA-256 under one Ed25519 signature.

The private key is not part of the project; ``resources/models/release.pub`` is its public half.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inference.errors import WeightsError

MANIFEST_FILE = "manifest.json"
PUBLIC_KEY_FILE = "release.pub"


def canonical(files: dict[str, str]) -> bytes:
    """Return the bytes that are signed: the sorted list of names and digests."""
    return json.dumps(files, sort_keys=True, separators=(",", ":")).encode("utf-8")


def signed_files(root: Path) -> dict[str, str]:
    """Return SHA-256 by file name relative to ``root``, after proving the signature.

    Raises
    ------
    WeightsError
        if the manifest is absent, unreadable or not signed by the release key.
    """
    try:
        content = json.loads((root / MANIFEST_FILE).read_text(encoding="utf-8"))
        files = {str(name): str(digest) for name, digest in content["files"].items()}
        signature = base64.b64decode(content["signature"], validate=True)
        key = base64.b64decode((root / PUBLIC_KEY_FILE).read_text(encoding="ascii").strip())
        Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical(files))
    except InvalidSignature as error:
        raise WeightsError("The list of shipped models is not the one that was signed.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError("The signed list of shipped models cannot be read.") from error
    return files


def check_signed(root: Path, file: Path) -> None:
    """Raise WeightsError unless ``file`` is, byte for byte, in the signed list of ``root``."""
    name = file.relative_to(root).as_posix()
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f"{name} is absent.") from error
    if signed_files(root).get(name) != digest:
        raise WeightsError(f"{name} is not the one that was signed; not used.")


def sign(root: Path, key: Ed25519PrivateKey) -> None:
    """Write the manifest of every file under the model folders of ``root``, and the public key."""
    files = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.glob("*/*"))
        if path.is_file()
    }
    signature = base64.b64encode(key.sign(canonical(files))).decode("ascii")
    content = {"files": files, "signature": signature}
    (root / MANIFEST_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")
    (root / PUBLIC_KEY_FILE).write_text(public + "\n", encoding="ascii")
