"""Files over HTTP: sent, described, attached, served, removed."""

import io
import threading

import pytest
from PIL import Image

from tests.api.client import Answer, Api, User
from tests.api.process import ServerProcess
from tests.api.uploads import send_files, upload
from tests.media import samples

_ASKED_MAX = 1_200
_ATTEMPT_S = 0.05
_PAUSE = threading.Event()


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def processed(caller: User, media_id: str) -> Answer:
    """A file, once it is processed, asked for as clients do; each answer until then says so."""
    for _ in range(_ASKED_MAX):
        answer = caller.get(f"/api/v1/media/{media_id}")
        if answer.status != 206:
            return answer
        assert answer.json["url"] is None
        _PAUSE.wait(_ATTEMPT_S)
    raise AssertionError("the file was not processed")


def picture_at(caller: Api, url: str) -> Image.Image:
    answer = caller.get(path_of(url))
    assert answer.status == 200
    return Image.open(io.BytesIO(answer.body))


def test_a_picture_is_shown_with_its_size_preview_and_description(alice: User, nobody: Api) -> None:
    sent = upload(alice, samples.jpeg(1200, 800), description="A gradient", focus="-0.5,0.25").ok()
    assert sent["type"] == "image"
    assert sent["description"] == "A gradient"
    assert sent["meta"]["original"] == {"width": 1200, "height": 800, "size": "1200x800", "aspect": 1.5}
    assert sent["meta"]["focus"] == {"x": -0.5, "y": 0.25}
    small = sent["meta"]["small"]
    assert small["width"] * small["height"] <= 640 * 360
    assert len(sent["blurhash"]) == 28
    assert picture_at(nobody, sent["url"]).size == (1200, 800)
    assert picture_at(nobody, sent["preview_url"]).size == (small["width"], small["height"])
    status = alice.status("Look", media_ids=[sent["id"]])
    assert status["media_attachments"] == [sent]
    assert nobody.get(f"/api/v1/statuses/{status['id']}").ok()["media_attachments"] == [sent]


def test_pictures_are_upright_and_say_nothing_of_their_maker(alice: User, nobody: Api) -> None:
    sent = upload(alice, samples.turned_jpeg()).ok()
    served = nobody.get(path_of(sent["url"]))
    assert Image.open(io.BytesIO(served.body)).size == (40, 60)
    assert b"ecret" not in served.body
    assert not Image.open(io.BytesIO(served.body)).getexif()


def test_files_are_served_so_that_they_can_do_nothing(alice: User, nobody: Api) -> None:
    sent = upload(alice, samples.png()).ok()
    answer = nobody.get(path_of(sent["url"]))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    tag = answer.headers["etag"]
    again = nobody.call("GET", path_of(sent["url"]), headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    head = nobody.call("HEAD", path_of(sent["url"]))
    assert (head.status, head.headers["content-length"]) == (200, str(len(answer.body)))


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=5-99999999", 206, 5, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=9-3", 200, 0, None),
        ("bytes=0-1,4-5", 200, 0, None),
        ("lines=0-1", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
def test_ranges(alice: User, nobody: Api, asked: str, status: int, start: int, stop: int | None) -> None:
    url = path_of(upload(alice, samples.jpeg()).ok()["url"])
    whole = nobody.get(url).body
    answer = nobody.call("GET", url, headers={"Range": asked})
    assert answer.status == status
    assert status == 416 or answer.body == whole[start:stop]
    if status == 206:
        first = start % len(whole)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(whole)}"


@pytest.mark.parametrize(
    "name", ["0" * 32 + ".jpg", "x.jpg", "..%2f..%2fstore", "0" * 32 + ".bin", "0" * 32 + ".php", ".jpg"]
)
def test_what_is_not_there_is_not_served(nobody: Api, name: str) -> None:
    nobody.get(f"/media/{name}").refused(404)


@pytest.mark.parametrize(
    ("body", "kind", "url_end"),
    [
        (samples.film(sound="aac"), "video", ".mp4"),
        (samples.film("webm", "libvpx-vp9"), "video", ".webm"),
        (samples.sound(), "audio", ".mp3"),
        (samples.sound("wav", "pcm_s16le"), "audio", ".wav"),
        (samples.animation(), "gifv", ".mp4"),
    ],
    ids=["mp4", "webm", "mp3", "wav", "gif"],
)
def test_films_are_processed_while_their_sender_waits(
    alice: User, nobody: Api, body: bytes, kind: str, url_end: str
) -> None:
    answer = upload(alice, body, "application/octet-stream", description="Moves")
    assert answer.status == 202
    sent = answer.json
    assert (sent["type"], sent["url"], sent["description"]) == (kind, None, "Moves")
    done = processed(alice, sent["id"]).ok()
    assert done["url"].endswith(url_end)
    assert done["meta"]["duration"] > 0
    if kind != "audio":
        assert done["meta"]["original"]["frame_rate"] == "10/1"
        assert picture_at(nobody, done["preview_url"]).size == (done["meta"]["width"], done["meta"]["height"])
    served = nobody.get(path_of(done["url"]))
    assert served.status == 200
    assert b"secret" not in served.body
    assert b"+48.2" not in served.body
    assert alice.status(media_ids=[done["id"]])["media_attachments"] == [done]


def test_version_1_waits(alice: User) -> None:
    done = upload(alice, samples.film(), version="v1").ok()
    assert done["url"].endswith(".mp4")
    assert upload(alice, samples.jpeg(), version="v1").ok()["url"]


def test_a_thumbnail_of_ones_own(alice: User, nobody: Api) -> None:
    files = {"file": ("video/mp4", samples.film()), "thumbnail": ("image/png", samples.png(90, 30, "RGB"))}
    done = send_files(alice, "POST", "/api/v1/media", files).ok()
    assert picture_at(nobody, done["preview_url"]).size == (90, 30)
    other = {"thumbnail": ("image/png", samples.png(20, 20, "RGB"))}
    edited = send_files(alice, "PUT", f"/api/v1/media/{done['id']}", other, description="New").ok()
    assert picture_at(nobody, edited["preview_url"]).size == (20, 20)
    assert edited["description"] == "New"


def test_what_is_said_of_a_file_can_be_changed_until_it_is_posted(alice: User, bob: User) -> None:
    sent = upload(alice, samples.jpeg(), description="One").ok()
    place = f"/api/v1/media/{sent['id']}"
    edited = alice.form(place, {"description": "Two", "focus": "1,-1"}, "PUT").ok()
    assert (edited["description"], edited["meta"]["focus"]) == ("Two", {"x": 1.0, "y": -1.0})
    assert alice.form(place, {"focus": "0,0"}, "PUT").ok()["description"] == "Two"
    assert alice.form(place, {"description": ""}, "PUT").ok()["description"] is None
    for wrong in ({"focus": "2,0"}, {"focus": "x"}, {"focus": "nan,0"}, {"description": "x" * 1501}):
        alice.form(place, wrong, "PUT").refused(422)
    bob.form(place, {"description": "Mine"}, "PUT").refused(404)
    bob.get(place).refused(404)
    bob.delete(place).refused(404)
    alice.status(media_ids=[sent["id"]])
    alice.form(place, {"description": "Three"}, "PUT").refused(404)
    assert "used" in alice.delete(place).refused(422)


def test_a_file_can_be_removed(alice: User, nobody: Api) -> None:
    sent = upload(alice, samples.jpeg()).ok()
    assert alice.delete(f"/api/v1/media/{sent['id']}").ok() == {}
    alice.get(f"/api/v1/media/{sent['id']}").refused(404)
    for url in (sent["url"], sent["preview_url"]):
        nobody.get(path_of(url)).refused(404)


def test_which_files_may_be_attached(alice: User, bob: User) -> None:
    pictures = [upload(alice, samples.jpeg()).ok()["id"] for _ in range(5)]
    film = upload(alice, samples.film(), version="v1").ok()["id"]

    def refused(*media_ids: str) -> str:
        form = {"status": "x", "media_ids": list(media_ids)}
        return alice.post("/api/v1/statuses", form).refused(422)

    assert "more than 4" in refused(*pictures)
    assert "already contains images" in refused(pictures[0], film)
    assert "twice" in refused(pictures[0], pictures[0])
    assert "not found" in refused("1")
    refused("x")
    assert "not found" in bob.post("/api/v1/statuses", {"media_ids": pictures[:1]}).refused(422)
    status = alice.status("", media_ids=pictures[:4])
    assert [found["id"] for found in status["media_attachments"]] == pictures[:4]
    assert "already attached" in refused(pictures[0])
    only = alice.get(f"/api/v1/accounts/{alice.id}/statuses", only_media=True)
    alice.status("No picture")
    assert only.ids == [status["id"]]
    unready = upload(alice, samples.film()).json["id"]
    answer = alice.post("/api/v1/statuses", {"status": "x", "media_ids": [unready]})
    assert answer.status == 200 or "not finished" in answer.refused(422)


def test_the_same_key_posts_the_same_file_once(alice: User) -> None:
    sent = upload(alice, samples.jpeg()).ok()["id"]
    form, key = {"status": "x", "media_ids": [sent]}, {"Idempotency-Key": "one"}
    first, second = (alice.post("/api/v1/statuses", form, key).ok() for _ in range(2))
    assert first == second


def test_a_deleted_statuses_files_can_be_posted_anew(alice: User, nobody: Api) -> None:
    sent = upload(alice, samples.jpeg(), description="Kept").ok()
    status = alice.status("One", media_ids=[sent["id"]])
    gone = alice.delete(f"/api/v1/statuses/{status['id']}").ok()
    assert gone["media_attachments"] == [sent]
    again = alice.status("Two", media_ids=[sent["id"]])
    assert again["media_attachments"] == [sent]
    alice.delete(f"/api/v1/statuses/{again['id']}?delete_media=true").ok()
    nobody.get(path_of(sent["url"])).refused(404)
    alice.post("/api/v1/statuses", {"media_ids": [sent["id"]]}).refused(422)


def test_a_token_that_may_not_write_media(server: ServerProcess) -> None:
    reader = server.user("reader", scopes="read")
    upload(reader, samples.jpeg()).refused(403)
    upload(server.nobody, samples.jpeg()).refused(401)


def test_a_file_that_is_removed_while_it_is_fetched_comes_whole_or_not_at_all(alice: User) -> None:
    sent = [upload(alice, samples.jpeg()) for _ in range(8)]
    answers = [answer.ok() for answer in sent]
    for found in answers:
        fetcher, seen = Api(alice.url), []

        def fetch(fetcher: Api = fetcher, url: str = found["url"], seen: list[Answer] = seen) -> None:
            while not seen or seen[-1].status == 200:
                seen.append(fetcher.get(path_of(url)))

        thread = threading.Thread(target=fetch)
        thread.start()
        assert alice.delete(f"/api/v1/media/{found['id']}").ok() == {}
        thread.join()
        assert seen[-1].status == 404
        assert len({answer.body for answer in seen[:-1]}) <= 1
