"""What the server says of itself, to anybody."""

import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from urllib.parse import urlsplit

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess


def test_the_first_version_of_the_instance(server: ServerProcess, nobody: Api) -> None:
    found = nobody.get("/api/v1/instance").ok()
    host = urlsplit(server.url).netloc
    assert found["uri"] == host
    assert found["urls"] == {"streaming_api": f"ws://{host}"}
    assert found["max_toot_chars"] == found["configuration"]["statuses"]["max_characters"] == 280
    assert found["registrations"] is True
    assert re.match(r"4\.\d+\.\d+ \(compatible; Roost \d", found["version"])


def test_the_second_version_of_the_instance(server: ServerProcess, nobody: Api) -> None:
    found = nobody.get("/api/v2/instance").ok()
    host = urlsplit(server.url).netloc
    assert found["domain"] == host
    assert found["configuration"]["urls"]["streaming"] == f"ws://{host}"
    assert found["api_versions"] == {"mastodon": 7}
    assert found["registrations"]["enabled"] is True
    assert found["version"] == nobody.get("/api/v1/instance").ok()["version"]


def test_nodeinfo_is_found_by_its_links(server: ServerProcess, nobody: Api) -> None:
    links = nobody.get("/.well-known/nodeinfo").ok()["links"]
    assert [link["href"] for link in links] == [f"{server.url}/nodeinfo/{each}" for each in ("2.0", "2.1")]
    found = nobody.get("/nodeinfo/2.0").ok()
    assert found["version"] == "2.0"
    assert found["software"]["name"] == "roost"
    assert found["openRegistrations"] is True
    assert found["usage"]["users"]["total"] == nobody.get("/api/v1/instance").ok()["stats"]["user_count"]


def test_host_meta_is_xml_that_names_the_web_domain(server: ServerProcess, nobody: Api) -> None:
    answer = nobody.get("/.well-known/host-meta")
    assert answer.headers["content-type"] == "application/xrd+xml; charset=utf-8"
    links = ElementTree.fromstring(answer.text).findall("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
    assert [link.get("rel") for link in links] == ["lrdd"]
    assert links[0].get("template") == f"{server.url}/.well-known/webfinger?resource={{uri}}"


def test_there_are_no_custom_emojis(nobody: Api) -> None:
    assert nobody.get("/api/v1/custom_emojis").ok() == []


def test_preferences_follow_the_profile(alice: User) -> None:
    alice.patch(
        "/api/v1/accounts/update_credentials",
        {"source": {"privacy": "unlisted", "sensitive": True, "language": "de"}},
    ).ok()
    assert alice.get("/api/v1/preferences").ok() == {
        "posting:default:visibility": "unlisted",
        "posting:default:sensitive": True,
        "posting:default:language": "de",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
    }


@pytest.mark.parametrize("path", ["/avatars/original/missing.png", "/headers/original/missing.png"])
def test_pictures_of_those_who_have_none(nobody: Api, path: str) -> None:
    answer = nobody.get(path)
    assert answer.headers["content-type"] == "image/png"
    assert "max-age" in answer.headers["cache-control"]
    width, height, depth, colour = struct.unpack(">IIBB", answer.body[16:26])
    size = struct.unpack(">I", answer.body[33:37])[0]
    pixels = zlib.decompress(answer.body[41 : 41 + size])
    assert (depth, colour) == (8, 2)
    assert len(pixels) == height * (1 + 3 * width)


def test_a_page_for_people(server: ServerProcess, nobody: Api) -> None:
    answer = nobody.get("/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert server.url in answer.text


def test_health_and_readiness(nobody: Api) -> None:
    assert nobody.get("/roost/v1/health").ok() == {"status": "ok"}
    assert nobody.get("/roost/v1/ready").ok() == {"status": "ready"}


def test_the_openapi_document_has_every_endpoint(server: ServerProcess, nobody: Api) -> None:
    document = nobody.get("/roost/v1/openapi.json").ok()
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": server.url}]
    operations = [
        operation["operationId"] for methods in document["paths"].values() for operation in methods.values()
    ]
    assert len(set(operations)) == len(operations) > 60
    assert {"/roost/v1/openapi.json", "/api/v1/timelines/home", "/oauth/token"} <= set(document["paths"])
    assert {"read", "write:statuses", "follow"} <= set(
        document["components"]["securitySchemes"]["token"]["flows"]["authorizationCode"]["scopes"]
    )
