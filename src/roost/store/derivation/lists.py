"""Rows of lists, of followed hashtags and of markers: both ways of each."""

from roost.model import (
    ListDeleted,
    ListMemberAdded,
    ListMemberRemoved,
    ListSaved,
    ListTagAdded,
    ListTagRemoved,
    MarkerMoved,
    TagFollowed,
    TagUnfollowed,
)
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules


def _move_marker(event: MarkerMoved, batch: Batch) -> None:
    batch.put(tables.MARKERS, event.marker)


def _save_list(event: ListSaved, batch: Batch) -> None:
    batch.put(tables.LISTS, event.userlist)


def _delete_list(event: ListDeleted, batch: Batch) -> None:
    batch.delete(tables.LISTS, (event.userlist.owner_id, event.userlist.list_id))


def _add_member(event: ListMemberAdded, batch: Batch) -> None:
    batch.put(tables.LIST_MEMBERS, event.member)
    batch.put(tables.LISTS_OF_MEMBER, event.member)


def _remove_member(event: ListMemberRemoved, batch: Batch) -> None:
    member = event.member
    batch.delete(tables.LIST_MEMBERS, (member.list_id, member.member_id))
    batch.delete(tables.LISTS_OF_MEMBER, (member.user_id, member.owner_id, member.list_id))


def _add_tag(event: ListTagAdded, batch: Batch) -> None:
    batch.put(tables.LIST_TAGS, event.tag)
    batch.put(tables.LISTS_OF_TAG, event.tag)


def _remove_tag(event: ListTagRemoved, batch: Batch) -> None:
    tag = event.tag
    batch.delete(tables.LIST_TAGS, (tag.list_id, tag.tag))
    batch.delete(tables.LISTS_OF_TAG, (tag.tag, tag.owner_id, tag.list_id))


def _follow_tag(event: TagFollowed, batch: Batch) -> None:
    batch.put(tables.FOLLOWED_TAGS, event.follow)
    batch.put(tables.TAG_FOLLOWERS, event.follow)


def _unfollow_tag(event: TagUnfollowed, batch: Batch) -> None:
    follow = event.follow
    batch.delete(tables.FOLLOWED_TAGS, (follow.user_id, follow.follow_id))
    batch.delete(tables.TAG_FOLLOWERS, (follow.tag, follow.user_id))


RULES: Rules = {
    MarkerMoved: _move_marker,
    ListSaved: _save_list,
    ListDeleted: _delete_list,
    ListMemberAdded: _add_member,
    ListMemberRemoved: _remove_member,
    ListTagAdded: _add_tag,
    ListTagRemoved: _remove_tag,
    TagFollowed: _follow_tag,
    TagUnfollowed: _unfollow_tag,
}
