"""A real object store on this machine, started once for all tests that want it: moto's server."""

import functools
import itertools
import logging
import urllib.request
import xml.etree.ElementTree as Xml

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from roost.blobs import Bucket

ACCESS_KEY, SECRET_KEY = "who", "hush"
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class ObjectStore:
    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self._numbers = itertools.count(1)

    def new_bucket(self, prefix: str = "here/it/is") -> Bucket:
        name = f"bucket-{next(self._numbers)}"
        self._ask(f"/{name}", "PUT")
        return self.bucket(name, prefix)

    def bucket(self, name: str, prefix: str = "") -> Bucket:
        """One that need not be there."""
        return Bucket(
            name=name,
            endpoint=self.url,
            region="us-east-1",
            prefix=prefix,
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
        )

    def keys(self, bucket: Bucket) -> list[str]:
        listed = Xml.fromstring(self._ask(f"/{bucket.name}?list-type=2"))
        return sorted(found.text or "" for found in listed.iter(f"{_NAMESPACE}Key"))

    def unfinished(self, bucket: Bucket) -> int:
        """Objects whose parts were put, and nothing more."""
        listed = Xml.fromstring(self._ask(f"/{bucket.name}?uploads"))
        return len(list(listed.iter(f"{_NAMESPACE}Upload")))

    def _ask(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body: bytes = answer.read()
            return body


@functools.cache
def object_store() -> ObjectStore:
    """It ends with the process."""
    return ObjectStore()
