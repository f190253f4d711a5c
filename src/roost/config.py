"""Settings: one record, each field with its help; from a TOML file, ROOST_... variables, and options."""

import ipaddress
import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from roost.errors import Invalid
from roost.limits import INTERACTION_SEGMENT_EDGES_MAX, RING_CAPACITY_MAX, RING_CAPACITY_MIN, ROWS_MAX

_log = logging.getLogger("roost.config")
_PREFIX = "ROOST_"
_OTHER_VARIABLES = frozenset(("ROOST_LOAD_TOKEN", "ROOST_PASSWORD"))
"""Of options that are no settings."""

_PROFILES: dict[str, dict[str, Any]] = {
    "test": {
        "registration_open": True,
        "password_grant": True,
        "rate_limits_on_loopback": False,
        "for_you_list": False,
    }
}
"""What each profile sets where nothing else is said."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Port = Annotated[int, Meta(ge=0, le=65_535, description="The TCP port to listen on; 0 for any free one.")]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    profile: Annotated[
        Literal["", "test"],
        Meta(
            description="Other defaults: `test` opens registration, allows the password grant and lifts rate "
            "limits for callers on this machine, as test suites of clients want; nobody's lists begin with "
            '"For you"; never for the open network.'
        ),
    ] = ""
    data_folder: Annotated[str, Meta(description="Where everything durable is kept.")] = "data"
    store: Annotated[
        Literal["rocksdb", "memory"],
        Meta(description="The store's engine; `memory` keeps nothing over a restart."),
    ] = "rocksdb"
    blobs: Annotated[
        Literal["folder", "s3"],
        Meta(
            description="Where pictures, films and sounds are kept: in the data folder, or in a bucket of an "
            "object store that speaks S3."
        ),
    ] = "folder"
    s3_bucket: Annotated[str, Meta(description="The bucket, where `blobs` is `s3`.")] = ""
    s3_endpoint: Annotated[
        str, Meta(description="The object store's URL; Amazon's, or what AWS_ENDPOINT_URL says, if empty.")
    ] = ""
    s3_region: Annotated[str, Meta(description="The bucket's region; what AWS_REGION says if empty.")] = ""
    s3_prefix: Annotated[str, Meta(description="What the keys of objects begin with, such as `roost`.")] = ""
    s3_access_key: Annotated[
        str,
        Meta(description="The access key's id; what AWS_ACCESS_KEY_ID or the machine's role says if empty."),
    ] = ""
    s3_secret_key: Annotated[
        str, Meta(description="The access key's secret; what AWS_SECRET_ACCESS_KEY says if empty.")
    ] = ""
    s3_name_in_host: Annotated[
        bool, Meta(description="Whether the bucket's name is in the host of URLs, and not in their path.")
    ] = False
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Port = 8420
    public_url: Annotated[
        str,
        Meta(description="The URL that clients use, such as https://roost.example; host and port if empty."),
    ] = ""
    trusted_proxies: Annotated[
        str,
        Meta(
            description="Addresses or networks, separated by commas, of proxies in front of the server: "
            "what they say in X-Forwarded-For is believed."
        ),
    ] = ""
    tls_certificate: Annotated[
        str,
        Meta(description="A file with the certificate and its chain (PEM), to serve HTTPS; HTTP if empty."),
    ] = ""
    tls_key: Annotated[
        str, Meta(description="The file with the certificate's key (PEM), if it is not in the same one.")
    ] = ""
    title: Annotated[str, Meta(description="The server's name, as apps show it.")] = "Roost"
    description: Annotated[str, Meta(description="One sentence about the server, as apps show it.")] = (
        "A social timeline server."
    )
    extended_description: Annotated[
        str, Meta(description="What the server is about, at length; paragraphs are separated by empty lines.")
    ] = ""
    privacy_policy: Annotated[str, Meta(description="The privacy policy, in paragraphs; none if empty.")] = ""
    terms_of_service: Annotated[
        str, Meta(description="The terms of service, in paragraphs; none if empty.")
    ] = ""
    rules: Annotated[str, Meta(description="The server's rules, one a line.")] = ""
    thumbnail_url: Annotated[
        str, Meta(description="A picture of the server, 1200 by 630, as apps show it; a plain one if empty.")
    ] = ""
    contact_username: Annotated[
        str, Meta(description="The account to turn to about the server; its page is shown by apps.")
    ] = ""
    contact_email: Annotated[str, Meta(description="Whom to write to about the server.")] = ""
    source_url: Annotated[
        str, Meta(description="Where this server's source is published; the server itself if empty.")
    ] = ""
    machine: Annotated[
        int,
        Meta(
            ge=0, le=1_023, description="This machine's number in the ids it makes; one machine, one number."
        ),
    ] = 0
    registration_open: Annotated[bool, Meta(description="Whether anybody may make an account.")] = False
    registration_approval: Annotated[
        bool, Meta(description="Whether moderators approve new accounts before these can be used.")
    ] = False
    password_grant: Annotated[
        bool,
        Meta(
            description="Whether apps may trade a user's password for a token (for scripts and test suites)."
        ),
    ] = False
    link_previews: Annotated[
        bool,
        Meta(
            description="Whether the first page that a tweet links to is fetched, for a preview with its "
            "title and picture."
        ),
    ] = False
    outgoing_networks_allowed: Annotated[
        str,
        Meta(
            description="Networks, separated by commas, that Web Push and link previews may reach though "
            "they are not public, at any port and over HTTP: an intranet's, or for tests 127.0.0.0/8."
        ),
    ] = ""
    rate_limits: Annotated[
        bool, Meta(description="Whether callers are limited in how often they may ask.")
    ] = True
    rate_limits_on_loopback: Annotated[
        bool, Meta(description="Whether that goes for callers on this machine too.")
    ] = True
    tweet_length_max: Annotated[
        int, Meta(ge=1, le=100_000, description="The longest tweet, in twitter-text's weighted length.")
    ] = 280
    read_wait_ms: Annotated[
        int,
        Meta(
            ge=1,
            le=60_000,
            description="How long, in ms, a reader waits at most for what was accepted before to be applied.",
        ),
    ] = 250
    for_you_list: Annotated[
        bool, Meta(description='Whether everybody\'s lists begin with "For you", the ranked home timeline.')
    ] = True
    strategy: Annotated[
        Literal["push", "pull", "threshold", "activity", "cost"],
        Meta(description="How fan-out decides between push and pull."),
    ] = "cost"
    threshold_followers: Annotated[
        int, Meta(ge=0, description="Strategy `threshold`: authors with more followers are pulled.")
    ] = 100_000
    push_cost_ns: Annotated[
        float,
        Meta(ge=0, description="Strategy `cost`: what a push costs; 0 for what `roost calibrate` measured."),
    ] = 0.0
    pull_cost_ns: Annotated[
        float,
        Meta(ge=0, description="Strategy `cost`: what pulling an author costs; 0 for what was measured."),
    ] = 0.0
    fanout_threads: Annotated[
        int, Meta(ge=1, le=64, description="Threads that one large batch of deliveries is spread over.")
    ] = 1
    capacity_users: Annotated[
        int, Meta(ge=1, le=ROWS_MAX, description="Accounts that address space is reserved for.")
    ] = 1 << 20
    capacity_follows: Annotated[
        int,
        Meta(
            ge=1_024,
            le=1 << 36,
            description="Follows that address space is reserved for, some slack included.",
        ),
    ] = 1 << 28
    capacity_rings: Annotated[
        int, Meta(ge=1, le=ROWS_MAX, description="Home timelines kept in memory at once.")
    ] = 1 << 18
    ring_entries: Annotated[
        int,
        Meta(
            ge=RING_CAPACITY_MIN,
            le=RING_CAPACITY_MAX,
            description="Entries of one home timeline kept in memory; a power of two.",
        ),
    ] = 256
    column_tweets: Annotated[
        int,
        Meta(ge=64, le=1 << 30, description="Newest tweets whose facts are in memory; a power of two."),
    ] = 1 << 20
    interaction_segments: Annotated[
        int, Meta(ge=1, le=64, description="Sealed segments that the window of interactions has.")
    ] = 8
    interaction_segment_edges: Annotated[
        int,
        Meta(
            ge=64,
            le=INTERACTION_SEGMENT_EDGES_MAX,
            description="Likes, retweets and so on of one segment; it has a quarter as many users, and half "
            "as many tweets.",
        ),
    ] = 1 << 18
    interaction_segment_hours: Annotated[
        float, Meta(gt=0, description="The longest time that one segment spans.")
    ] = 24.0
    interaction_archive: Annotated[
        bool, Meta(description="Whether segments that leave the window are kept on disk, the newest 64.")
    ] = False
    snapshot_interval_s: Annotated[
        float, Meta(gt=0, description="How often the home state is written to disk.")
    ] = 300.0
    log_keep_events: Annotated[
        int, Meta(ge=0, description="Events kept in the log after every processor has applied them.")
    ] = 10_000_000

    def __post_init__(self) -> None:
        for name in ("ring_entries", "column_tweets"):
            value = getattr(self, name)
            if value & (value - 1):
                raise ValueError(f"{name} must be a power of two, not {value}")
        if self.tls_key and not self.tls_certificate:
            raise ValueError("tls_key needs tls_certificate")
        if self.blobs == "s3" and not self.s3_bucket:
            raise ValueError("blobs in s3 need s3_bucket")
        if self.s3_endpoint and not self.s3_endpoint.startswith(("https://", "http://")):
            raise ValueError("s3_endpoint must begin with https:// or http://")
        self.proxies()
        self.networks_allowed()

    def proxies(self) -> tuple[Network, ...]:
        """The networks of `trusted_proxies`. Raises ValueError."""
        return _networks("trusted_proxies", self.trusted_proxies)

    def networks_allowed(self) -> tuple[Network, ...]:
        """The networks of `outgoing_networks_allowed`. Raises ValueError."""
        return _networks("outgoing_networks_allowed", self.outgoing_networks_allowed)


def _networks(name: str, listed: str) -> tuple[Network, ...]:
    named = [text.strip() for text in listed.split(",")]
    try:
        return tuple(ipaddress.ip_network(text) for text in named if text)
    except ValueError as cause:
        raise ValueError(f"{name}: {cause}") from cause


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Settings:
    """Later sources win; an option that is None was not given. Raises Invalid, naming the source."""
    settings: dict[str, Any] = {}
    if file is not None:
        settings |= _read_file(file)
        _convert(settings, f"the settings file {file}")
    variables = os.environ if environment is None else environment
    named = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in variables.items()
        if name.startswith(_PREFIX) and name not in _OTHER_VARIABLES
    }
    for name in sorted(named.keys() - set(Settings.__struct_fields__)):
        _log.warning("%s%s is no setting, and changes nothing", _PREFIX, name.upper())
    given = {name: named[name] for name in Settings.__struct_fields__ if name in named}
    settings |= given
    if given:
        _convert(settings, "the ROOST_... variables")
    settings |= {name: value for name, value in (options or {}).items() if value is not None}
    profile = _convert(settings, "the options").profile
    return _convert({**_PROFILES.get(profile, {}), **settings}, "the options")


def describe_settings() -> list[tuple[str, str, Any, tuple[str, ...]]]:
    """Every setting's name, help, default and, where it is one of a few words, these; in order."""
    schema = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    return [
        (name, entry["description"], entry["default"], tuple(entry.get("enum", ())))
        for name, entry in schema.items()
    ]


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as cause:
        raise Invalid(f"The settings file {file} cannot be read: {cause.strerror}") from cause
    except ValueError as cause:
        raise Invalid(f"The settings file {file} is not TOML: {cause}") from cause


def _convert(settings: Mapping[str, Any], source: str) -> Settings:
    try:
        return msgspec.convert(dict(settings), Settings, strict=False)
    except (msgspec.ValidationError, ValueError) as cause:
        problem, _, place = str(cause).partition(" - at `$.")
        name = place.rstrip("`")
        choices = next((", ".join(found) for other, *_, found in describe_settings() if other == name), "")
        hint = f"; it is one of {choices}" if choices else ""
        said = f"{name}: " if name else ""
        raise Invalid(f"In {source}: {said}{problem[:1].lower()}{problem[1:]}{hint}") from cause
