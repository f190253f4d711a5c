"""Forms with files, as clients send them."""

from typing import Any

from tests.api.client import Answer, Api

BOUNDARY = "----roost-tests-files"
File = tuple[str, bytes]
"""A declared type, and what is in the file."""


def form_of(fields: dict[str, Any], files: dict[str, File]) -> tuple[bytes, dict[str, str]]:
    """A body, and its headers."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (kind, body) in files.items():
        disposition = f'form-data; name="{name}"; filename="../../etc/{name}.php"'
        head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: {kind}\r\n\r\n"
        parts.append(head.encode() + body + b"\r\n")
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def send_files(caller: Api, method: str, path: str, files: dict[str, File], **fields: Any) -> Answer:
    body, headers = form_of(fields, files)
    return caller.call(method, path, body, headers)


def upload(caller: Api, body: bytes, kind: str = "image/jpeg", version: str = "v2", **fields: Any) -> Answer:
    return send_files(caller, "POST", f"/api/{version}/media", {"file": (kind, body)}, **fields)
