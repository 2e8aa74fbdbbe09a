"""Make a clinic in a folder and open it again; run inside a session that has a real keyring."""

from __future__ import annotations

import sys
from pathlib import Path

from app.accounts.passwords import KdfCost
from app.errors import SignInError
from app.storage.device_secret import DeviceSecret
from app.storage.keystore import Keystore

PASSWORD = "a long enough sentence 7"


def main() -> None:
    folder, act = Path(sys.argv[1]), sys.argv[2]
    store = Keystore(folder, DeviceSecret(folder), KdfCost.TESTING)
    if act == "make":
        master_key, _ = store.create()
        store.add_slot(master_key, "iris", PASSWORD)
        sys.stdout.write(DeviceSecret(folder).describe() + "\n")
        return
    try:
        store.unlock("iris", PASSWORD)
    except SignInError:
        sys.stdout.write("shut\n")
    else:
        sys.stdout.write("open\n")


if __name__ == "__main__":
    main()
