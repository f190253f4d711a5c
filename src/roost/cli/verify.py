"""`roost verify`: compare home timelines with what the tables say."""

from typing import Annotated, Any

import typer
from rich.console import Console

from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of

EXAMPLES = """
Examples:

  roost verify

  roost verify --users 1000 --seed 7
"""


def verify(
    config: SettingsFile = None,
    data: DataFolder = None,
    users: Annotated[int, typer.Option(min=1, help="How many users to sample.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Which users.")] = 0,
) -> None:
    """Read the home timelines of a sample of users to their ends, and compare each with the tables.

    Exits with 1 where one differs.
    """

    async def ask(server: Server) -> Any:
        return await server.post("/roost/v1/verify", {"users": users, "seed": seed})

    console = Console()
    with console.status("Reading timelines to their ends"):
        found = run(settings_of(config, data), ask)
    for difference in found["differences"]:
        missing, extra = len(difference["missing"]), len(difference["extra"])
        console.print(f"[red]User {difference['user_id']}: {missing} entries missing, {extra} too many[/red]")
    if found["differences"]:
        raise typer.Exit(1)
    console.print(
        f"{found['users']:,} home timelines with {found['entries']:,} entries are as the tables say."
    )
