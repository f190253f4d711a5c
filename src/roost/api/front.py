"""What a web app puts in front of the API, on the same port."""

from collections.abc import Sequence

import msgspec

from roost.api.dispatch import ErrorPage
from roost.api.router import Route


class Front(msgspec.Struct, frozen=True):
    routes: Sequence[Route] = ()
    """Not in the API's description."""
    error_page: ErrorPage | None = None
    """How browsers that open an address are told of an error; None for the API's own form."""
    stylesheet: str = ""
    """For the pages of OAuth."""


NO_FRONT = Front()
