"""A conversation that has every endpoint of the staff's, and of the server's own pages, at least once."""

import base64
from typing import Any

from tests.api.process import ServerProcess
from tests.api.test_bulletin import PNG

_STAFF = "read write follow push admin:read admin:write"
_PAGES = (
    *("rules", "peers", "activity", "extended_description", "privacy_policy", "terms_of_service"),
    *("languages", "translation_languages", "domain_blocks"),
)

NOT_DESCRIBED = {
    ("GET", "/nodeinfo/2.1"): "not Mastodon's",
    ("GET", "/.well-known/webfinger"): "not of its client API",
    ("GET", "/emojis/{name}"): "a picture",
    ("GET", "/api/v1/instance/domain_blocks"): "404, as Roost knows no other servers",
    ("GET", "/api/v1/instance/languages"): "the description does not have it",
    ("GET", "/health"): "plain text",
}


def staff(server: ServerProcess, note: Any) -> None:
    warden, target = server.user("warden", _STAFF, role="admin"), server.user("target")
    image = base64.b64encode(PNG).decode()
    server.operator.post("/roost/v1/admin/emojis", {"shortcode": "schema", "image": image}).ok()
    for name in _PAGES:
        note(server.nobody, "GET", f"/api/v1/instance/{name}")
    for path in ("/api/v1/custom_emojis", "/.well-known/webfinger?resource=acct:x@y", "/nodeinfo/2.1"):
        note(server.nobody, "GET", path)
    for method in ("GET", "POST"):
        note(target, method, "/oauth/userinfo")
    note(target, "GET", "/api/v1/domain_blocks")
    for method in ("POST", "DELETE"):
        note(target, method, "/api/v1/domain_blocks", {"domain": "other.example"})
    note(target, "POST", "/api/v1/emails/confirmations")
    note(target, "GET", "/api/v1/emails/check_confirmation")
    _announcements(server, target, note)
    _moderation(warden, target, note)
    server.operator.delete("/roost/v1/admin/emojis/schema").ok()


def _announcements(server: ServerProcess, user: Any, note: Any) -> None:
    made = server.operator.post("/roost/v1/admin/announcements", {"text": "Hello :schema:"}).ok()
    path = f"/api/v1/announcements/{made['id']}"
    for name in ("schema", "%F0%9F%A6%9C"):
        note(user, "PUT", f"{path}/reactions/{name}")
    note(user, "GET", "/api/v1/announcements")
    note(user, "DELETE", f"{path}/reactions/schema")
    note(user, "POST", f"{path}/dismiss")
    server.operator.delete(f"/roost/v1/admin/announcements/{made['id']}").ok()


def _moderation(warden: Any, target: Any, note: Any) -> None:
    status = target.status("Rude")
    form = {"account_id": target.id, "status_ids": [status["id"]], "comment": "Look"}
    report = note(warden, "POST", "/api/v1/reports", form).ok()
    path = f"/api/v1/admin/reports/{report['id']}"
    note(warden, "GET", "/api/v1/admin/reports")
    note(warden, "GET", path)
    for verb in ("assign_to_self", "unassign", "resolve", "reopen"):
        note(warden, "POST", f"{path}/{verb}")
    account = f"/api/v1/admin/accounts/{target.id}"
    for path in ("/api/v1/admin/accounts", "/api/v2/admin/accounts", account):
        note(warden, "GET", path)
    for verb in ("enable", "unsilence", "unsuspend", "unsensitive", "approve", "reject"):
        note(warden, "POST", f"{account}/{verb}")
    note(warden, "POST", f"{account}/action", {"type": "suspend"})
    note(warden, "GET", f"/api/v1/accounts/{target.id}")
    note(warden, "DELETE", account)
