"""What trends, and how that is judged."""

import enum
from typing import Annotated

import msgspec
from msgspec import Meta

Weight = Annotated[float, Meta(ge=0, le=10)]


class TrendKind(enum.IntEnum):
    """Stored as its number."""

    TAG = 1
    LINK = 2
    TWEET = 3


class TrendTerms(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All by which trends are judged; what each does is said in `docs/trends.md`."""

    users_min: Annotated[
        int, Meta(ge=1, le=1_000_000, description="With fewer users in a window nothing trends by it.")
    ] = 2
    surprise_min: Annotated[
        float,
        Meta(
            ge=-10,
            le=100,
            description="How far a score must be above the highest that chance would give among all topics, "
            "in standard deviations.",
        ),
    ] = 0.5
    expected_min: Annotated[
        float,
        Meta(
            gt=0,
            le=1_000_000,
            description="Users a day that are expected of a topic that was never seen; of a shorter window "
            "the share is the square root of its share of a day.",
        ),
    ] = 1.0
    dispersion: Annotated[
        float,
        Meta(
            ge=0,
            le=10,
            description="How much more than by Poisson's law numbers of users spread: their variance is e + "
            "dispersion * e * e.",
        ),
    ] = 0.05
    memory_windows: Annotated[
        float,
        Meta(
            ge=1,
            le=10_000,
            description="After so many windows of its length a window counts 37 % for what is expected.",
        ),
    ] = 24.0
    memory_hours: Annotated[
        float,
        Meta(ge=1, le=10_000, description="Long windows fade faster: to 37 % in so many hours at most."),
    ] = 24.0
    memory_days: Annotated[
        float, Meta(ge=1, le=1_000, description="Likewise, in days, for what is usual at an hour of the day.")
    ] = 7.0
    volume_weight: Annotated[Weight, Meta(description="Of the surprise at the users of a whole window.")] = (
        1.0
    )
    velocity_weight: Annotated[
        Weight, Meta(description="Of the surprise at the users of its newer half.")
    ] = 1.0
    acceleration_weight: Annotated[
        Weight, Meta(description="Of the growth from the older half to the newer one.")
    ] = 0.5
    length_exponent: Annotated[
        float,
        Meta(
            ge=0,
            le=2,
            description="Scores of windows of more than an hour are divided by their hours to the power of "
            "this: what is new counts more than what lasts.",
        ),
    ] = 0.75
    momentum_half_life_min: Annotated[
        float,
        Meta(gt=0, le=100_000, description="A topic's highest score is halved in so many minutes."),
    ] = 60.0
    leave_fraction: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description="A trend ends once its momentum is below this share of what it takes to become one.",
        ),
    ] = 0.5
    cooldown_min: Annotated[
        int,
        Meta(ge=0, le=100_000, description="So many minutes after its end a trend does not return easily."),
    ] = 120
    return_factor: Annotated[
        float,
        Meta(ge=1, le=100, description="How many times the usual score it takes to return before that."),
    ] = 1.5


class TrendSetting(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The terms that the staff have set."""

    terms: TrendTerms = TrendTerms()
    changed_ms: int = 0


class TrendBar(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Whether something may trend, as the staff decided."""

    kind: TrendKind
    key: str
    """A hashtag or link in the form that it is found by, or a tweet's id."""
    barred: bool = True
