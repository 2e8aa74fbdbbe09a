"""``python -m app restore``: brings a backup back into an empty folder and says what follows.

Needs no password: everything it copies is encrypted, and stays so. See docs/backup.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.errors import BackupError, StorageError
from app.storage.device_secret import NONE, DeviceSecret
from app.storage.keystore import Keystore
from app.storage.restoring import Restored, restore

_LEFT_OUT = 3
_SIGN_IN = "Sign in with your name and password as before."
_RECOVER = (
    "This is another computer, or its keyring is new: passwords do not open the data here.\n"
    'On the sign-in page choose "Lost your password?", type the recovery key that was printed\n'
    "at set-up, an administrator's sign-in name and a new password. That administrator then gives\n"
    "everybody else an account anew (page Clinic): close the old one, add staff."
)
_SERVER = (
    "If there is a central server, the workstation waits: enrol it again (Settings, Central\n"
    "server) with a one-time code of the server. It then gets back what it had sent there."
)


def run_restore(chosen: Path, home: Path, generation: str) -> int:
    """Restore and return the exit status: 0, 1 if nothing was restored, 3 if images are lacking."""
    try:
        done = restore(chosen, home, _Progress(), generation)
    except BackupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(_told(done))
    return _LEFT_OUT if done.left_out else 0


class _Progress:
    """Says on the error stream how far it is, every tenth."""

    def __init__(self) -> None:
        self._told = -1

    def __call__(self, fraction: float, text: str, /) -> None:
        """Hear how far it is."""
        tenth = int(fraction * 10)
        if tenth > self._told:
            self._told = tenth
            sys.stderr.write(f"{text}: {tenth * 10} %\n")


def _told(done: Restored) -> str:
    lines = [
        f"Restored {done.files} files from {done.generation} into {done.home}.",
        f"It holds what there was on {done.made_at:%Y-%m-%d at %H:%M} UTC.",
    ]
    if done.left_out:
        count = len(done.left_out)
        lines.append(f"{count} image files are damaged or not in the backup and were left out.")
        lines += [f"  {one}" for one in done.left_out]
    lines += ["", f'Open it: python -m app --home "{done.home}" gui', _way_in(done.home), _SERVER]
    return "\n".join(lines) + "\n"


def _way_in(home: Path) -> str:
    """Say whether passwords open it on this computer, or the recovery key must."""
    if not (home / "device.json").is_file():
        return _RECOVER
    device = DeviceSecret(home)
    try:
        fits = device.mode == NONE or Keystore(home, device).device_fits
    except StorageError:
        return _RECOVER
    return _SIGN_IN if fits else _RECOVER
