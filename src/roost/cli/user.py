"""`roost user` and `roost app`: accounts, tokens and apps, as an operator says."""

import enum
from typing import Annotated, Any

import typer
from rich.console import Console

from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of

users = typer.Typer(help="Make accounts, and tokens for them.", no_args_is_help=True)
apps = typer.Typer(help="Make apps.", no_args_is_help=True)


class Role(enum.StrEnum):
    """As an option."""

    USER = "user"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"


_ADD_EXAMPLES = """
Examples:

  roost user add alice --email alice@example.org

  roost user add bot --id 42 --bot

  roost user add admin --email admin@example.org --role owner
"""
_APP_EXAMPLES = """
Examples:

  roost app add "My app" --redirect-uri https://app.example/callback

  roost app add "A test suite" --client-id suite-id --secret suite-secret --scopes "read write follow push"
"""
_ROLE_EXAMPLES = """
Examples:

  roost user role alice moderator

  roost user role alice user
"""
_MAKE_EXAMPLES = """
Examples:

  roost user token alice

  roost user token alice --scopes "ingest"

  roost user token alice --token a-token-of-my-own --client-id my-app
"""


@users.command("add", epilog=_ADD_EXAMPLES)
def add_user(
    username: str,
    config: SettingsFile = None,
    data: DataFolder = None,
    email: Annotated[
        str, typer.Option(help="To sign in with, as with the username; asks for a password.")
    ] = "",
    password: Annotated[
        str, typer.Option(help="Instead of being asked for it.", envvar="ROOST_PASSWORD")
    ] = "",
    user_id: Annotated[
        int, typer.Option("--id", min=0, help="The account's id; 0 lets the server choose.")
    ] = 0,
    display_name: Annotated[str, typer.Option("--name", help="The name that is shown.")] = "",
    protected: Annotated[
        bool, typer.Option("--protected", help="Whether it is for its followers, whom it approves.")
    ] = False,
    locked: Annotated[
        bool, typer.Option("--locked", help="Whether it approves its followers, but is for everybody.")
    ] = False,
    bot: Annotated[bool, typer.Option(help="Whether it is a program's account.")] = False,
    role: Annotated[Role, typer.Option(help="What it may do for the server.")] = Role.USER,
) -> None:
    """Make an account. Without a password it cannot sign in, but an operator can give it tokens."""
    if email and not password:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    body = {
        "username": username,
        "email": email,
        "password": password,
        "id": user_id,
        "display_name": display_name,
        "protected": protected,
        "locked": locked,
        "bot": bot,
        "role": role.value,
    }

    async def ask(server: Server) -> Any:
        return await server.post("/roost/v1/users", body)

    found = run(settings_of(config, data), ask, new_folder=True)
    Console().print(f"Account @{found['username']} has the id {found['id']}.")


@users.command("role", epilog=_ROLE_EXAMPLES)
def give_role(username: str, role: Role, config: SettingsFile = None, data: DataFolder = None) -> None:
    """Say what an account may do for the server: moderators act on reports, admins do everything."""

    async def ask(server: Server) -> Any:
        return await server.post("/roost/v1/roles", {"username": username, "role": role.value})

    found = run(settings_of(config, data), ask)
    Console().print(f"@{found['username']} is {role.value} now.")


@users.command("token", epilog=_MAKE_EXAMPLES)
def add_token(
    username: str,
    config: SettingsFile = None,
    data: DataFolder = None,
    scopes: Annotated[str, typer.Option(help="What the token allows.")] = "read write follow push",
    token: Annotated[str, typer.Option(help="The token itself; the server chooses one if empty.")] = "",
    client_id: Annotated[str, typer.Option(help="The app that it belongs to.")] = "operator",
) -> None:
    """Make an access token for an account; prints the token alone."""
    body = {"username": username, "scopes": scopes, "token": token, "client_id": client_id}

    async def ask(server: Server) -> Any:
        return await server.post("/roost/v1/tokens", body)

    print(run(settings_of(config, data), ask, new_folder=True)["token"])


@apps.command("add", epilog=_APP_EXAMPLES)
def add_app(
    name: str,
    config: SettingsFile = None,
    data: DataFolder = None,
    redirect_uri: Annotated[
        list[str] | None, typer.Option(help="Where it may be called back; may be given several times.")
    ] = None,
    scopes: Annotated[str, typer.Option(help="What it may ask for.")] = "read write follow push",
    client_id: Annotated[str, typer.Option(help="The app's id; the server chooses one if empty.")] = "",
    secret: Annotated[str, typer.Option(help="The app's secret; the server chooses one if empty.")] = "",
) -> None:
    """Make an app; prints its id and its secret."""
    body = {
        "name": name,
        "redirect_uris": redirect_uri or ["urn:ietf:wg:oauth:2.0:oob"],
        "scopes": scopes,
        "client_id": client_id,
        "secret": secret,
    }

    async def ask(server: Server) -> Any:
        return await server.post("/roost/v1/apps", body)

    found = run(settings_of(config, data), ask, new_folder=True)
    print(f"client id: {found['client_id']}\nsecret: {found['secret']}")
