"""Times and numbers as people read them."""

from datetime import UTC, datetime

from roost.ids import unix_ms_of

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


def iso(unix_ms: int) -> str:
    return f"{datetime.fromtimestamp(unix_ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment(unix_ms: int) -> str:
    """The whole of it: 3 May 2026, 14:05 UTC."""
    found = datetime.fromtimestamp(unix_ms // 1000, UTC)
    return f"{found.day} {found:%B %Y, %H:%M} UTC"


def day(unix_ms: int) -> str:
    found = datetime.fromtimestamp(unix_ms // 1000, UTC)
    return f"{found.day} {found:%B %Y}"


def month(unix_ms: int) -> str:
    return f"{datetime.fromtimestamp(unix_ms // 1000, UTC):%B %Y}"


def ago(unix_ms: int, now_ms: int) -> str:
    """Short: now, 5m, 3h, 2d, 3 May, 3 May 2024."""
    passed_s = (now_ms - unix_ms) // 1000
    if passed_s < _MINUTE_S:
        return "now"
    if passed_s < _HOUR_S:
        return f"{passed_s // _MINUTE_S}m"
    if passed_s < _DAY_S:
        return f"{passed_s // _HOUR_S}h"
    if passed_s < 7 * _DAY_S:
        return f"{passed_s // _DAY_S}d"
    then, now = (datetime.fromtimestamp(ms // 1000, UTC) for ms in (unix_ms, now_ms))
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then.day} {then:%b %Y}"


def compact(number: int) -> str:
    """999, 1.2K, 34K, 5.6M."""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if number >= size:
            whole, tenth = divmod(number * 10 // size, 10)
            return f"{whole}.{tenth}{letter}" if whole < 10 and tenth else f"{whole}{letter}"
    return str(number)


def plural(number: int, one: str, many: str = "") -> str:
    return f"{compact(number)} {one if number == 1 else many or one + 's'}"


def made_ms(snowflake: int) -> int:
    return unix_ms_of(snowflake)
