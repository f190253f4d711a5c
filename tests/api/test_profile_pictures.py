"""Avatars and headers: sent, shown everywhere, described, replaced, removed."""

import io

import pytest
from PIL import Image

from tests.api.client import Api, User
from tests.api.test_media import path_of
from tests.api.uploads import send_files
from tests.media import samples

EDIT = "/api/v1/accounts/update_credentials"


def size_at(caller: Api, url: str) -> tuple[int, int]:
    answer = caller.get(path_of(url))
    assert answer.status == 200
    return Image.open(io.BytesIO(answer.body)).size


def test_an_avatar_and_a_header_are_shown_everywhere(alice: User, nobody: Api) -> None:
    status = alice.status("Before")["id"]
    files = {
        "avatar": ("image/png", samples.png(500, 700)),
        "header": ("image/jpeg", samples.turned_jpeg()),
    }
    fields = {"display_name": "Alice", "avatar_description": "A gradient"}
    edited = send_files(alice, "PATCH", EDIT, files, **fields).ok()
    assert (edited["display_name"], edited["avatar_description"]) == ("Alice", "A gradient")
    assert size_at(nobody, edited["avatar"]) == (400, 400)
    assert size_at(nobody, edited["header"]) == (1500, 500)
    assert edited["avatar_static"] == edited["avatar"]
    for seen in (
        nobody.get(f"/api/v1/accounts/{alice.id}").ok(),
        nobody.get(f"/api/v1/statuses/{status}").ok()["account"],
        alice.get("/api/v1/accounts/verify_credentials").ok(),
    ):
        assert (seen["avatar"], seen["header"]) == (edited["avatar"], edited["header"])


def test_a_picture_makes_place_for_the_next_and_can_be_removed(alice: User, nobody: Api) -> None:
    profile = alice.get("/api/v1/profile").ok()
    assert (profile["avatar"], profile["header"]) == (None, None)
    files = {"avatar": ("image/jpeg", samples.jpeg())}
    first = send_files(alice, "PATCH", "/api/v1/profile", files).ok()["avatar"]
    second = send_files(alice, "PATCH", EDIT, files).ok()["avatar"]
    assert first != second
    nobody.get(path_of(first)).refused(404)
    assert alice.get("/api/v1/profile").ok()["avatar"] == second
    assert alice.delete("/api/v1/profile/avatar").ok()["avatar"].endswith("/avatars/original/missing.png")
    assert alice.delete("/api/v1/profile/header").ok()["header"].endswith("/headers/original/missing.png")
    nobody.get(path_of(second)).refused(404)


@pytest.mark.parametrize(
    "body", [samples.SVG, samples.HTML, samples.film(), samples.png_bomb(), b"x"], ids=lambda body: len(body)
)
def test_what_is_no_picture_changes_nothing(alice: User, body: bytes) -> None:
    before = alice.get("/api/v1/accounts/verify_credentials").ok()
    files = {"avatar": ("image/png", body)}
    send_files(alice, "PATCH", EDIT, files, display_name="New").refused(422)
    alice.patch(EDIT, {"avatar": "data:image/png;base64,AAAA"}).refused(422)
    assert alice.get("/api/v1/accounts/verify_credentials").ok() == before
