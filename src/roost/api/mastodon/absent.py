"""What of Mastodon's client API Roost does not have, and why. A reference page is made of it."""

_COLLECTIONS = "collections of accounts are not built; lists serve one reader, and nobody has asked for more"
_ANNUAL = "there are no yearly reports"

ABSENT: dict[str, str] = {
    "GET /api/v1/accounts/{id}/collections": _COLLECTIONS,
    "GET /api/v1/accounts/{id}/in_collections": _COLLECTIONS,
    "POST /api/v1/collections": _COLLECTIONS,
    "GET /api/v1/collections/{id}": _COLLECTIONS,
    "PATCH /api/v1/collections/{id}": _COLLECTIONS,
    "DELETE /api/v1/collections/{id}": _COLLECTIONS,
    "POST /api/v1/collections/{id}/items": _COLLECTIONS,
    "DELETE /api/v1/collections/{id}/items/{item}": _COLLECTIONS,
    "POST /api/v1/collections/{id}/items/{item}/revoke": _COLLECTIONS,
    "GET /api/v1/accounts/{id}/identity_proofs": "Mastodon itself removed it in 3.5",
    "GET /api/v1/annual_reports": _ANNUAL,
    "GET /api/v1/annual_reports/{year}": _ANNUAL,
    "POST /api/v1/annual_reports/{year}/generate": _ANNUAL,
    "POST /api/v1/annual_reports/{year}/read": _ANNUAL,
    "GET /api/v1/annual_reports/{year}/state": _ANNUAL,
    "GET /api/v1_alpha/async_refreshes/{id}": "nothing is fetched from elsewhere after an answer was given",
    "GET /api/v1/timelines/direct": "Mastodon itself removed it in 3.0; conversations took its place",
    "GET /api/v1/instance/terms_of_service/{date}": "the terms have no kept versions but the one in force",
    "GET /api/oembed": "posts cannot be embedded in other sites: pages refuse to be framed",
}
"""Reasons by method and path; a path's placeholders are named by their order."""
