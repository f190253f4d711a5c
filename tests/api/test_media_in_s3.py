"""Files over HTTP where they are kept in an object store."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.api.process import ServerProcess
from tests.api.uploads import upload
from tests.blobs.object_store import ObjectStore, object_store
from tests.media import samples


def settings_of(store: ObjectStore, bucket: str) -> dict[str, str]:
    found = store.bucket(bucket)
    return {
        "blobs": "s3",
        "s3_bucket": found.name,
        "s3_endpoint": found.endpoint,
        "s3_region": found.region,
        "s3_prefix": "roost/media",
        "s3_access_key": found.access_key,
        "s3_secret_key": found.secret_key,
    }


def test_files_are_sent_served_in_ranges_and_removed(start_server: Callable[..., ServerProcess]) -> None:
    store = object_store()
    bucket = store.new_bucket("")
    server = start_server(**settings_of(store, bucket.name))
    alice = server.user("alice")
    sent = upload(alice, samples.jpeg(1_200, 800)).ok()
    status = alice.status("Look", media_ids=[sent["id"]])
    names = [address.rpartition("/")[2] for address in (sent["url"], sent["preview_url"])]
    assert store.keys(bucket) == sorted(f"roost/media/{name}" for name in names)

    path = f"/media/{names[0]}"
    whole = server.nobody.get(path).body
    assert Image.open(io.BytesIO(whole)).size == (1_200, 800)
    part = server.nobody.call("GET", path, headers={"Range": "bytes=100-4099"})
    assert (part.status, part.body) == (206, whole[100:4_100])
    head = server.nobody.call("HEAD", path)
    assert (head.status, head.headers["content-length"]) == (200, str(len(whole)))
    assert not list(server.data_folder.glob("media/**/*"))

    alice.delete(f"/api/v1/statuses/{status['id']}?delete_media=true").ok()
    assert store.keys(bucket) == []
    assert server.nobody.get(path).status == 404


def test_a_server_does_not_start_without_its_bucket(tmp_path: Path) -> None:
    given = {**settings_of(object_store(), "nowhere"), "data_folder": str(tmp_path), "port": "0"}
    variables = {f"ROOST_{name.upper()}": value for name, value in given.items()}
    ended = subprocess.run(
        [Path(sys.executable).with_name("roost"), "serve"],
        env={**variables, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode != 0
    assert "No files can be kept: the bucket 'nowhere'" in ended.stderr
    assert "Traceback" not in ended.stderr
