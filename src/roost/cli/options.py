"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from roost.config import Settings, load_settings

SettingsFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="A TOML file with settings; docs/reference/settings.md lists them."),
]
DataFolder = Annotated[
    str | None, typer.Option("--data", "-d", help="The data folder, instead of the setting data_folder.")
]


def settings_of(config: Path | None, data: str | None, **options: object) -> Settings:
    """The settings, from the file, the environment and the options. Raises Invalid."""
    return load_settings(config, options={"data_folder": data, **options})
