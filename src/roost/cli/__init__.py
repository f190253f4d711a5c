"""The command line: `roost`."""

from roost.cli.main import app, main

__all__ = ["app", "main"]
