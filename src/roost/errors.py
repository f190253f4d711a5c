"""Every error that Roost raises for the world; our own mistakes are assertions instead.

    RoostError
      Invalid          the input breaks a rule; `fields` says which        422
        UnexpectedMentions   more users are mentioned than were meant      422
        MalformedQuery   a search cannot be understood; `start` and `stop` 422
      Unauthenticated  no token, or not a valid one                        401
      Forbidden        known, and not allowed                              403
      NotFound         not there, or not to be seen by the asker           404
      Conflict         it exists already                                   409
      TooLarge         a body, page or batch above its limit               413
      RateLimited      this caller asks too often; `retry_after_s`         429
      Overloaded       a queue is full, or a capacity reached; retry       503
      ClockWentBack    the wall clock was set back; no id can be made      503
      Corrupt          stored bytes do not match their checksum            500

An error carries a text that is safe to show and nothing else; a cause is chained (`raise ... from`) and
goes to the server's own log. Which status an error gets is decided in `api` only; the numbers above are
what it decides.
"""

from collections.abc import Mapping


class RoostError(Exception):
    """The root. `text` is one sentence that a stranger may read."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class FieldProblem(tuple[str, str]):
    """What is wrong with one field: a stable code such as ERR_BLANK, and a text such as "can't be blank"."""

    __slots__ = ()

    def __new__(cls, code: str, text: str) -> "FieldProblem":
        return super().__new__(cls, (code, text))

    @property
    def code(self) -> str:
        return self[0]

    @property
    def text(self) -> str:
        return self[1]


class Invalid(RoostError):
    """The input breaks a rule. `fields` maps a field's name to what is wrong with it."""

    def __init__(self, text: str, fields: Mapping[str, tuple[FieldProblem, ...]] | None = None) -> None:
        super().__init__(text)
        self.fields = dict(fields or {})


class UnexpectedMentions(Invalid):
    """A tweet mentions users whom its author did not mean to address."""

    def __init__(self, user_ids: tuple[int, ...]) -> None:
        problem = FieldProblem("ERR_INVALID", "leaves out accounts that the text mentions")
        super().__init__("Post would be sent to unexpected accounts", {"allowed_mentions": (problem,)})
        self.user_ids = user_ids


class MalformedQuery(Invalid):
    """A search cannot be understood. What is wrong is from character `start` to `stop` of it, half-open."""

    def __init__(self, reason: str, start: int, stop: int) -> None:
        problem = FieldProblem("ERR_MALFORMED", f"character {start + 1}: {reason}")
        super().__init__(
            f"The search cannot be understood at character {start + 1}: {reason}", {"q": (problem,)}
        )
        self.reason = reason
        self.start = start
        self.stop = stop


class Unauthenticated(RoostError):
    pass


class Forbidden(RoostError):
    pass


class NotFound(RoostError):
    def __init__(self, text: str = "Record not found") -> None:
        super().__init__(text)


class Conflict(RoostError):
    pass


class TooLarge(RoostError):
    pass


class RateLimited(RoostError):
    def __init__(self, retry_after_s: int, text: str = "Too many requests") -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class Overloaded(RoostError):
    def __init__(self, text: str, retry_after_s: int = 1) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class ClockWentBack(Overloaded):
    pass


class Corrupt(RoostError):
    pass


_SURROUNDINGS = (OSError, TimeoutError, MemoryError, Overloaded)


def is_passing(cause: Exception) -> bool:
    """Whether an error comes from the surroundings, so that the same may succeed later."""
    return isinstance(cause, _SURROUNDINGS)
