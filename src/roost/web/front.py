"""The web app as routes."""

from roost.api import Browsers, Front, Route
from roost.clock import Clock
from roost.web.about import About
from roost.web.account import AccountPages
from roost.web.assets import Assets
from roost.web.catching_up import CatchingUp
from roost.web.compose import Compose
from roost.web.edits import Edits
from roost.web.explore import Explore
from roost.web.filters import FilterPages
from roost.web.later import Later
from roost.web.lists import Lists
from roost.web.marks import Marks
from roost.web.notifications import Notifications
from roost.web.policies import Policies
from roost.web.profiles import Profiles
from roost.web.relations import Relations
from roost.web.reports import Reports
from roost.web.settings import SettingsPages
from roost.web.sign_in import SignIn
from roost.web.site import Site
from roost.web.tags import Tags
from roost.web.threads import Threads
from roost.web.timelines import Timelines


def make_front(public_url: str, clock: Clock) -> Front:
    """What `api.make_server` puts in front of the API."""
    assets = Assets()
    site = Site(assets, Browsers(public_url), clock)
    parts = (
        About(site),
        SignIn(site),
        Timelines(site),
        CatchingUp(site),
        Threads(site),
        Profiles(site),
        Compose(site),
        Marks(site),
        Relations(site),
        Explore(site),
        SettingsPages(site),
        AccountPages(site),
        FilterPages(site),
        Notifications(site),
        Policies(site),
        Lists(site),
        Tags(site),
        Edits(site),
        Later(site),
        Reports(site),
    )
    routes = [route for part in parts for route in part.routes()]
    return Front([*routes, _assets(assets)], site.error_page, assets.url("roost.css"))


def _assets(assets: Assets) -> Route:
    return Route(
        method="GET",
        path="/assets/{digest}/{name}",
        handler=assets.serve,
        has_validator=True,
        summary="The style, a script or a picture of the web app.",
        same_for_all=True,
        cross_origin=False,
        rate="",
    )
