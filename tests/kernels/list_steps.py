"""A viewer's followees, and what a writer may do to their list in one step."""

from collections.abc import Callable

from roost.kernels import QUIET, merge_list

from .paired import Pair

VIEWER, USERS = 0, 60
Step = Callable[[Pair], object]


def crowd() -> Pair:
    """The viewer follows 1 to 12; another user's list is next to theirs in the pool."""
    pair = Pair(users=USERS, author_entries=3)
    for followee in range(1, 13):
        pair.follow(VIEWER, followee, QUIET if followee % 3 == 0 else 0)
        pair.follow(20, followee)
    for number in range(30):
        pair.push_author(number % 12 + 1, 4 * number + 4)
    return pair


def move_on(pair: Pair) -> None:
    """The list moves, and another one takes its old segment."""
    for followee in range(20, 45):
        pair.follow(VIEWER, followee)
    for followee in range(40, 59):
        pair.follow(21, followee)


def leave_all(pair: Pair) -> None:
    for followee in range(1, 13):
        pair.unfollow(VIEWER, followee)


LIST_STEPS: dict[str, Step] = {
    "append": lambda pair: pair.follow(VIEWER, 40),
    "reflag": lambda pair: pair.follow(VIEWER, 5, 4),
    "remove": lambda pair: pair.unfollow(VIEWER, 5),
    "remove and append": lambda pair: (pair.unfollow(VIEWER, 5), pair.follow(VIEWER, 40)),
    "leave and come back": lambda pair: (pair.unfollow(VIEWER, 5), pair.follow(VIEWER, 5, QUIET)),
    "merge": lambda pair: merge_list(pair.world.following, VIEWER, 0),
    "remove and merge": lambda pair: (leave_all(pair), merge_list(pair.world.following, VIEWER, 0)),
    "move": move_on,
    "leave all": leave_all,
}
