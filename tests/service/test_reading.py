"""What readers are shown, and what is kept of it from one reading to the next."""

import logging

import pytest

from roost.model import PageRequest, Visibility
from roost.service import Registration
from tests.service.ground import Ground


def public(ground: Ground, viewer_id: int, request: PageRequest):  # type: ignore[no-untyped-def]
    return ground.do(ground.service.timelines.public(viewer_id, request))


def home_views(ground: Ground, viewer_id: int):  # type: ignore[no-untyped-def]
    ground.settle()
    return ground.do(ground.service.timelines.home(viewer_id, PageRequest(20))).items


def test_views_are_kept_while_nothing_of_them_changes(ground: Ground) -> None:
    ann, bob, cid = ground.user("ann"), ground.user("bob"), ground.user("cid")
    said = ground.post(cid)
    for user in (ann, bob):
        ground.do(ground.service.tweets.retweet(user, said))
        ground.do(ground.service.edges.follow(cid, user))
    first, second = home_views(ground, cid), home_views(ground, cid)
    assert len(first) > 0
    assert all(one is other for one, other in zip(first, second, strict=True))
    everybody = [public(ground, 0, PageRequest(20)).items for _ in range(2)]
    assert everybody[0][0] is everybody[1][0]


def test_retweets_of_one_tweet_share_its_view(ground: Ground) -> None:
    ann, bob, cid = ground.user("ann"), ground.user("bob"), ground.user("cid")
    said = ground.post(cid)
    found = [ground.do(ground.service.tweets.retweet(user, said)) for user in (ann, bob)]
    ids = [view.tweet.tweet_id for view in found]
    ground.settle()
    for _ in range(2):
        one, other = ground.do(ground.kit.hydration.tweets_by_id(ids, 0))
        assert one.retweet_of is other.retweet_of
    again = ground.do(ground.kit.hydration.tweets_by_id(ids, 0))
    assert again[0] is one
    assert again[1] is other


def test_going_up_the_public_timeline_passes_what_is_not_public(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.service.local.timelines.PUBLIC_SCAN_ROWS_MAX", 10)
    ann = ground.user("ann")
    lowest = ground.post(ann)
    for _ in range(50):
        ground.post(ann, visibility=Visibility.UNLISTED)
    highest = ground.post(ann)
    bound, pages = lowest, 0
    while True:
        page = public(ground, 0, PageRequest(5, min_id=bound))
        pages += 1
        if page.items or not page.newest_id:
            break
        assert page.newest_id > bound
        bound = page.newest_id
    assert [view.tweet.tweet_id for view in page.items] == [highest]
    assert pages <= 7


def test_who_is_muted_again_after_the_mute_ended_is_listed_once(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    for _ in range(3):
        ground.do(ground.service.edges.mute(ann, bob, duration_s=10))
        page = ground.do(ground.service.edges.muted(ann, PageRequest(20)))
        assert [view.user.user_id for view in page.items] == [bob]
        ground.clock.advance_ms(11_000)
        assert ground.do(ground.service.edges.muted(ann, PageRequest(20))).items == ()


def test_timelines_go_on_where_no_snapshot_can_be_written(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path_factory.mktemp("full")
    (folder / "home.snapshot.new").mkdir()
    ground = Ground(folder, snapshot_interval_s=1e-6)
    with caplog.at_level(logging.ERROR):
        ann = ground.user("ann")
        ids = [ground.post(ann) for _ in range(5)]
        assert ground.home(ann) == ids[::-1]
    assert any("could not be written" in record.message for record in caplog.records)
    assert {found.failures for found in ground.kit.runner.statistics()} == {0}
    (folder / "home.snapshot.new").rmdir()
    ground.stop()
    ground.close()
    assert (folder / "home.snapshot").exists()


def test_a_password_without_an_address_signs_in_by_the_username(ground: Ground) -> None:
    made = Registration(username="zoe", password="correct horse")
    ground.do(ground.service.accounts.register(made, False))
    assert ground.do(ground.service.accounts.sign_in("ZOE", "correct horse")).username == "zoe"
    assert ground.do(ground.service.accounts.sign_in("zoe", "wrong horse")) is None
