"""`roost calibrate`: measure what a push and a pull cost here, for the `cost` strategy."""

from typing import Annotated

import typer
from rich.console import Console

from roost import node
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.home import calibrate as measure
from roost.home import save_calibration

EXAMPLES = """
Examples:

  roost calibrate

  roost calibrate --users 1000000 --data /srv/roost
"""


def calibrate(
    config: SettingsFile = None,
    data: DataFolder = None,
    users: Annotated[
        int, typer.Option(min=10_000, help="Home timelines to measure with; as many as will be in memory.")
    ] = 300_000,
) -> None:
    """Measure what one push and one pull cost on this machine, and keep it in the data folder.

    A server started on that folder weighs push against pull by these figures, unless the settings
    push_cost_ns and pull_cost_ns say otherwise.
    """
    folder = node.data_folder(settings_of(config, data))
    console = Console()
    with console.status(f"Measuring with {users:,} home timelines"):
        found = measure(users)
    path = save_calibration(folder, found)
    console.print(f"A push costs {found.push_cost_ns} ns, pulling an author {found.pull_cost_ns} ns.")
    console.print(f"Kept in {path}; used from the next start on.")
