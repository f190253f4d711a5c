"""Where settings come from, and what is said of those that cannot be."""

import logging
from pathlib import Path

import pytest

from roost.config import Settings, describe_settings, load_settings
from roost.errors import Invalid


def test_later_sources_win(tmp_path: Path) -> None:
    file = tmp_path / "roost.toml"
    file.write_text('port = 1\ntitle = "File"\nhost = "::1"\n')
    found = load_settings(file, {"ROOST_PORT": "2", "ROOST_TITLE": "Variable"}, {"port": 3, "host": None})
    assert (found.port, found.title, found.host) == (3, "Variable", "::1")
    assert load_settings(environment={}) == Settings()


def test_booleans_and_numbers_as_text() -> None:
    found = load_settings(environment={"ROOST_REGISTRATION_OPEN": "true", "ROOST_SNAPSHOT_INTERVAL_S": "2.5"})
    assert (found.registration_open, found.snapshot_interval_s) == (True, 2.5)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ROOST_PORT", "70000", "port: "),
        ("ROOST_PORT", "many", "port: "),
        ("ROOST_STRATEGY", "guess", "activity, cost, pull, push, threshold"),
        ("ROOST_STORE", "disk", "memory, rocksdb"),
        ("ROOST_RING_ENTRIES", "100", "ring_entries must be a power of two, not 100"),
        ("ROOST_TLS_KEY", "key.pem", "tls_key needs tls_certificate"),
        ("ROOST_BLOBS", "s3", "blobs in s3 need s3_bucket"),
        ("ROOST_S3_ENDPOINT", "store.example", "s3_endpoint must begin with https://"),
        ("ROOST_OUTGOING_NETWORKS_ALLOWED", "10.0.0.0/8, home", "outgoing_networks_allowed: 'home'"),
    ],
)
def test_values_that_cannot_be(variable: str, value: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        load_settings(environment={variable: value})
    assert "ROOST_" in caught.value.text
    assert said in caught.value.text


@pytest.mark.parametrize(
    ("content", "said"),
    [("port = ", "is not TOML"), ("prot = 1", "prot"), ("port = -1", "port: "), (None, "cannot be read")],
)
def test_files_that_cannot_be(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "roost.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Invalid) as caught:
        load_settings(file, {})
    assert str(file) in caught.value.text
    assert said in caught.value.text


def test_a_variable_that_is_no_setting_is_spoken_of(caplog: pytest.LogCaptureFixture) -> None:
    """It may be somebody else's; but it may be a slip too."""
    with caplog.at_level(logging.WARNING):
        assert (
            load_settings(environment={"ROOST_PROT": "1", "ROOST_PASSWORD": "x", "PORT": "1"}) == Settings()
        )
    assert [record.getMessage() for record in caplog.records] == [
        "ROOST_PROT is no setting, and changes nothing"
    ]


def test_every_setting_has_its_help() -> None:
    described = describe_settings()
    assert [name for name, *_ in described] == list(Settings.__struct_fields__)
    assert all(text.endswith(".") for _, text, _, _ in described)


def test_the_test_profile_sets_what_nobody_set() -> None:
    found = load_settings(environment={"ROOST_PROFILE": "test", "ROOST_PASSWORD_GRANT": "false"})
    assert (found.registration_open, found.password_grant) == (True, False)
    assert (found.rate_limits, found.rate_limits_on_loopback) == (True, False)
