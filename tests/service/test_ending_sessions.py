"""All of a user's sessions end together, however many there are, and streams with them."""

import asyncio

import pytest

from roost.model import ModerationAction
from roost.push import Ending, home_of
from roost.service import Session
from tests.push.ears import Ear
from tests.service.ground import Ground

MANY = 25


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.limits.SESSIONS_OF_USER_MAX", 10)


def sign_in(ground: Ground, user_id: int, count: int) -> list[str]:
    access = ground.service.access
    return [ground.do(access.make_token("operator", user_id, ("read",))) for _ in range(count)]


def test_all_but_the_one_that_asks(ground: Ground) -> None:
    access, ann, bob = ground.service.access, ground.user("ann"), ground.user("bob")
    stolen, *others = sign_in(ground, ann, MANY)
    (foreign,) = sign_in(ground, bob, 1)
    own = ground.do(access.session(others[3]))
    assert ground.do(access.end_sessions(ann, own.token_hash)) == MANY - 1
    assert ground.do(access.session(stolen)) is None
    assert [secret for secret in others if ground.do(access.session(secret))] == [others[3]]
    assert ground.do(access.session(foreign)) is not None


def test_those_of_the_suspended_are_told_of(ground: Ground) -> None:
    access, ann = ground.service.access, ground.user("ann")
    secrets = sign_in(ground, ann, MANY)
    hashes = {ground.do(access.session(secret)).token_hash for secret in secrets}
    told: list[bytes] = []
    access.listen(told.extend)
    ground.do(ground.service.moderation.act(0, ann, ModerationAction.SUSPEND))
    assert set(told) == hashes


def test_codes_that_wait_to_be_traded_end_too(ground: Ground) -> None:
    access, ann, bob = ground.service.access, ground.user("ann"), ground.user("bob")
    app, _ = ground.do(access.register_app("App", ("https://app.example/",), ("read",)))

    def granted(user_id: int) -> str:
        return ground.do(access.grant_code(app, user_id, ("read",), "https://app.example/", ""))

    stolen, foreign = granted(ann), granted(bob)
    ground.do(access.end_sessions(ann))
    assert ground.do(access.code(stolen)) is None
    assert ground.do(access.trade_code(stolen)) == ""
    assert ground.do(access.code(foreign)) is not None


def test_a_token_that_is_made_again_and_again_is_valid_all_the_time(ground: Ground) -> None:
    user_id, access = ground.user("ann"), ground.service.access
    secret = "a-token-of-the-operator-s-own-choice"

    async def make_and_use() -> list[bool]:
        valid = []
        for _ in range(5):
            await access.make_token("operator", user_id, ("read",), secret)
            valid.append(await access.session(secret) is not None)
        return valid

    async def all_at_once() -> list[list[bool]]:
        return await asyncio.gather(*(make_and_use() for _ in range(8)))

    assert ground.do(all_at_once()) == [[True] * 5] * 8
    assert len(ground.do(access.sessions(user_id))) == 1


def test_a_token_that_is_made_again_for_something_else_means_that(ground: Ground) -> None:
    user_id, access = ground.user("ann"), ground.service.access
    secret = "a-token-of-the-operator-s-own-choice"
    ground.do(access.make_token("operator", user_id, ("read",), secret))
    ground.do(access.make_token("operator", user_id, ("write",), secret))
    session = ground.do(access.session(secret))
    assert session is not None
    assert set(session.scopes) == {"write"}
    assert [tuple(each.scopes) for each in ground.do(access.sessions(user_id))] == [("write",)]


def test_a_stream_whose_token_ends_while_it_is_opened_is_closed(ground: Ground) -> None:
    access, streams, ann = ground.service.access, ground.service.streams, ground.user("ann")
    secrets = sign_in(ground, ann, 2)
    sessions = [ground.do(access.session(secret)) for secret in secrets]
    ground.do(access.revoke("operator", secrets[0]))

    async def opened(session: Session) -> Ear:
        ear = Ear(ann, home_of(ann))
        connection = streams.open(session, ear, "", True)
        await streams.confirm(connection)
        streams.close(connection, "")
        return ear

    assert [ground.do(opened(session)).ending for session in sessions] == [Ending.REVOKED, None]
