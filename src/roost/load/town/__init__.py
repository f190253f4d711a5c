"""The demonstration's town: people who post, answer, retweet, like and follow, all the time."""

from roost.load.town.director import (
    ACTIONS_PER_TWEET,
    Action,
    ChangeFollow,
    Director,
    Like,
    Post,
    Read,
    Retweet,
)
from roost.load.town.founding import Founder, guest_lines, line_of, population_of
from roost.load.town.life import Town, TownCounts
from roost.load.town.memory import Memory, Remembered
from roost.load.town.record import GUEST, TownRecord, make_record, read_record, write_record
from roost.load.town.residents import Residents, look_up
from roost.load.town.rhythm import Burst, Rhythm, awake

__all__ = [
    "ACTIONS_PER_TWEET",
    "GUEST",
    "Action",
    "Burst",
    "ChangeFollow",
    "Director",
    "Founder",
    "Like",
    "Memory",
    "Post",
    "Read",
    "Remembered",
    "Residents",
    "Retweet",
    "Rhythm",
    "Town",
    "TownCounts",
    "TownRecord",
    "awake",
    "guest_lines",
    "line_of",
    "look_up",
    "make_record",
    "population_of",
    "read_record",
    "write_record",
]
