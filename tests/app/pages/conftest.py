"""Windows to try things on."""

from tests.app.shell.fixtures import bare, driver, founded_home

__all__ = ["bare", "driver", "founded_home"]
