"""Sentiments: known languages, emojis, and nothing where nothing is known."""

import pytest

from roost.ingest.enrichers.sentiment import SentimentEnricher, models
from roost.model import Findings, Tweet

ENRICHER = SentimentEnricher()


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("I love this so much, what a wonderful day", True),
        ("this is great news, thank you", True),
        ("I hate waiting, this is the worst service", False),
        ("so sad and disappointed right now", False),
    ],
)
def test_english(text: str, positive: bool) -> None:
    for language in ("en", "en-GB"):
        sentiment = ENRICHER.judge(text, language)
        assert sentiment is not None
        assert (sentiment > 20) if positive else (sentiment < -20)


def test_where_nothing_says_a_mood_there_is_none() -> None:
    assert ENRICHER.judge("the train leaves at nine", "en") is None
    assert ENRICHER.judge("der Zug war wunderbar", "de") is None
    assert ENRICHER.judge("", "ha") is None
    assert ENRICHER.find(Tweet(1, 2, "der Zug fährt", language="de")) == Findings()


def test_emojis_say_it_in_any_language() -> None:
    assert ENRICHER.judge("der Zug kam 😍", "de") == 90
    assert ENRICHER.judge("der Zug kam 😡😡", "") == -90
    assert ENRICHER.judge("der Zug kam 😍😡", "de") == 0
    assert ENRICHER.judge("der Zug kam 😂", "de") is None


def test_trained_languages_tell_praise_from_scorn() -> None:
    """Sentences of ours, plain ones: how good the models are on posts is in docs/enrichment.md."""
    assert set(models()) == {"ar", "ha", "ig", "rw", "th", "yo"}
    pairs = {
        "ha": ("na gode sosai Allah ya saka da alheri", "Allah ya isa munafuki azzalumi"),
        "ig": ("ezigbo mmadu chukwu gozie gi", "onye ara nzuzu ekwensu"),
        "ar": ("ربي يحفظك شكرا بزاف", "حمار الله يلعنك كلب"),
        "th": ("อร่อยมาก ชอบมาก ดีมาก", "แย่มาก ห่วย ไม่ชอบเลย"),
    }
    for language, (praise, scorn) in pairs.items():
        good, bad = ENRICHER.judge(praise, language), ENRICHER.judge(scorn, language)
        assert good is not None
        assert bad is not None
        assert good > bad, language


def test_sentiments_stay_within_their_bounds() -> None:
    for language in ("en", *models()):
        for text in ("love " * 200, "hate " * 200, "ห่วย" * 300, "😡" * 600):
            sentiment = ENRICHER.judge(text, language)
            assert sentiment is None or -100 <= sentiment <= 100
