"""What only a server has whose operator has set more: an approval for new accounts, and pages of rules."""

from typing import Any

from tests.api.oauth import OUT_OF_BAND, PASSWORD, App
from tests.api.process import ServerProcess

SETTINGS = {
    "registration_approval": "true",
    "privacy_policy": "Nothing is passed on.",
    "terms_of_service": "Be kind.",
}


def careful(server: ServerProcess, note: Any) -> None:
    for name in ("privacy_policy", "terms_of_service"):
        note(server.nobody, "GET", f"/api/v1/instance/{name}").ok()
    warden = server.user("warden", "read write admin:read admin:write", role="moderator")
    app = App(server, OUT_OF_BAND, "read write")
    form = {
        "client_id": app.made["client_id"],
        "client_secret": app.made["client_secret"],
        **{"grant_type": "client_credentials", "scope": "read write"},
    }
    caller = app.caller(server.nobody.form("/oauth/token", form))
    for name, verb in (("patient", "approve"), ("unwanted", "reject")):
        registration = {"username": name, "email": f"{name}@roost.example", "password": PASSWORD}
        note(caller, "POST", "/api/v1/accounts", {**registration, "agreement": True}).ok()
        (account,) = note(warden, "GET", "/api/v2/admin/accounts?status=pending").ok()
        note(warden, "POST", f"/api/v1/admin/accounts/{account['id']}/{verb}").ok()
