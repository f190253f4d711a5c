"""What some emojis say in any language: from -100 to 100. Those that are used either way are left out, and so
is laughter, which is often at somebody's cost. Our own judgement; docs/enrichment.md says how it fares."""

_BY_MOOD = {
    90: "😍🥰❤🧡💛💚💙💜🤎🖤🤍💖💗💓💞💕💘💝😻🎉🥳🤩",
    70: "😀😃😄😁😊☺🙂😇😘😚😙💐🌹👏💪👍✨🌟⭐🏆🥇🎊🙌🤗😎💯🫶💃🕺🎂",
    -60: "😕🙁☹😟😔😞😒🙄😩😫😣😖🥺😥😰😨👎😓😿😧😦💔",
    -90: "😠😡🤬😤🤮🤢🖕😭😢😱💩",
}
MOODS: dict[str, int] = {emoji: mood for mood, emojis in _BY_MOOD.items() for emoji in emojis}
