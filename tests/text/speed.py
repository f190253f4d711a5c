"""How long the rules take: `python tests/text/speed.py` prints microseconds for each of a few texts."""

import timeit
from collections.abc import Callable

from roost.text import extract, measure, parse

SAMPLES = {
    "ASCII, 44 characters": "just setting up my twttr on a lazy afternoon",
    "ASCII, 137 characters": (
        "Went for a long walk by the river this morning. The light was lovely, and I saw two herons. "
        "Back home now for coffee and a very good book"
    ),
    "ASCII, 275 characters": (
        "Went for a long walk by the river this morning. The light was lovely, and I saw two herons. "
        "Back home now for coffee and a very good book. It is about the history of bridges, of which the "
        "author has seen more than a thousand. I had not known that there were as many kinds of arch."
    ),
    "a mention, a hashtag and a URL": (
        "@alice thanks for the talk today! Slides are here: https://example.com/talks/2024/slides.html?x=1 "
        "and more under #pyconuk"
    ),
    "a URL": "Read this https://www.bbc.co.uk/news/world-europe-12345678 before lunch",
    "two mentions": "@alice @bob are you coming tonight?",
    "two hashtags": "What a match #worldcup #final",
    "full stops without spaces": "Mail me at a.b@c.com e.g. today, v1.2.3 of it is out. See p.12, for 3.5 kg",
    "Spanish": "Está lloviendo en Málaga y no tengo paraguas; mañana será otro día más",
    "Japanese": "今日はとても天気が良いので、公園まで散歩に行きました。花がきれいに咲いていました。",
    "Japanese, all kinds": "今日の記事です。https://example.com/記事 #日本語 @alice",
    "emoji": "Happy birthday 🎂🎉❤️ 👨‍👩‍👧‍👦",
}


def microseconds(work: Callable[[str], object], text: str, runs: int = 4000, repeats: int = 25) -> float:
    """The shortest mean time of one call in `repeats` rounds of `runs` calls."""
    return min(timeit.repeat(lambda: work(text), number=runs, repeat=repeats)) / runs * 1e6


def main() -> None:
    print(f"{'text':32} extract  measure    parse")
    for name, text in SAMPLES.items():
        figures = [microseconds(work, text) for work in (extract, measure, parse)]
        print(f"{name:32}" + "".join(f"{figure:8.1f} " for figure in figures))


if __name__ == "__main__":
    main()
