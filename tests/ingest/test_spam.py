"""Spam and near-duplicates: each reason by itself, and the windows against plain lists."""

import string

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.ids import TIME_SHIFT, first_id_at
from roost.ingest.enrichers.spam import SpamEnricher, fingerprinted
from roost.ingest.enrichers.windows import Windows
from roost.limits import SPAM_AUTHOR_TWEETS, SPAM_FINGERPRINT_BITS_MAX, SPAM_LETTERS_MIN, SPAM_WINDOW_S
from roost.model import Findings, Signal, Tweet
from roost.text import RULES_V3, parse
from tests.kernels import naive_texts
from tests.strategies import SEEDED

NOW_MS = 1_750_000_000_000
LONG = "the herons are back at the river this morning"


def tweet(text: str, second: int = 0, author_id: int = 1) -> Tweet:
    """A tweet with its entities, mentions of user 1000 and so on."""
    from roost.model import Entities, MentionSpan, Span

    found = parse(text, RULES_V3).entities
    mentions = tuple(
        MentionSpan(each.start, each.end, 1_000 + number, each.username)
        for number, each in enumerate(found.mentions)
    )
    spans = [
        tuple(Span(each.start, each.end) for each in several)
        for several in (found.hashtags, found.cashtags, found.urls)
    ]
    made = Tweet(first_id_at(NOW_MS + 1000 * second), author_id, text, entities=Entities(mentions, *spans))
    return msgspec.structs.replace(made, addressed_ids=tuple(each.user_id for each in mentions))


def long_ago(user_id: int) -> int:
    del user_id
    return 0


def reasons_of(text: str) -> Signal:
    return SpamEnricher(long_ago).find(tweet(text)).signals


def test_what_people_say_has_no_signal() -> None:
    for text in (
        LONG,
        "hi @anna, look at this: https://example.org #birds",
        "no no no, not again",
        "https://example.org",
        "😂😂😂",
    ):
        assert reasons_of(text) == Signal.NONE, text


def test_each_density_has_its_signal() -> None:
    assert reasons_of("a https://a.org b https://b.org c https://c.org") == Signal.LINKS
    assert reasons_of("https://aaaaaaa.org https://bbbbbb.org") == Signal.LINKS
    assert reasons_of("hello @a1 @b1 @c1 @d1 @e1 @f1") == Signal.MENTIONS
    assert reasons_of("#aa #bb #cc #dd $EE #ff and more words to come here") == Signal.HASHTAGS
    assert reasons_of("buy buy buy now now now buy buy now") == Signal.REPETITIVE


def test_several_reasons_make_spam() -> None:
    found = SpamEnricher(long_ago).find(
        tweet("@a1 @b1 @c1 @d1 @e1 @f1 https://a.org https://b.org https://c.org #aa #bb #cc #dd #ee #ff")
    )
    assert found.signals == Signal.LINKS | Signal.MENTIONS | Signal.HASHTAGS | Signal.SPAM
    assert found.spam_percent == 70


def test_who_repeats_themselves_is_a_duplicate_and_then_spam() -> None:
    enricher = SpamEnricher(long_ago)
    found = [enricher.find(tweet(f"{LONG} {number}", number)) for number in range(5)]
    assert found[0] == Findings()
    assert [each.spam_percent for each in found[1:]] == [20, 20, 40, 40]
    assert all(each.signals == Signal.REPEATED | Signal.DUPLICATE for each in found[1:])


def test_a_repetition_after_the_window_is_none() -> None:
    enricher = SpamEnricher(long_ago)
    enricher.find(tweet(LONG))
    assert enricher.find(tweet(LONG, SPAM_WINDOW_S + 1)) == Findings()


def test_the_third_who_says_it_copies() -> None:
    enricher = SpamEnricher(long_ago)
    found = [enricher.find(tweet(LONG, number, author_id=number + 1)) for number in range(8)]
    assert [each.signals for each in found[:2]] == [Signal.NONE] * 2
    assert all(each.signals == Signal.COPIED | Signal.DUPLICATE for each in found[2:])
    assert [each.spam_percent for each in found[2:]] == [25] * 4 + [40] * 2


def test_what_many_say_by_chance_is_no_copy() -> None:
    enricher = SpamEnricher(long_ago)
    for number in range(8):
        assert enricher.find(tweet("good morning", number, author_id=number + 1)) == Findings()


def test_nearly_the_same_is_enough() -> None:
    enricher = SpamEnricher(long_ago)
    enricher.find(tweet("get your free followers today at https://a.org hurry up everyone"))
    later = enricher.find(
        tweet("get your FREE followers today at https://b.org/x: hurry up everyone now!", 5)
    )
    assert later.signals == Signal.REPEATED | Signal.DUPLICATE
    assert enricher.find(tweet("the herons flew away when a dog came to the shore", 6)) == Findings()


def test_an_edit_is_no_repetition_of_itself() -> None:
    enricher = SpamEnricher(long_ago)
    enricher.find(tweet(LONG))
    assert enricher.find(tweet(LONG + " again")) == Findings()


def test_newcomers_who_post_fast_are_hasty_and_others_not() -> None:
    words = ["herons", "trains", "bread", "rain", "music", "winter", "friends", "coffee", "a film"]
    for came_ms, expected in ((NOW_MS - 1_000, Signal.HASTY), (0, Signal.NONE)):
        enricher = SpamEnricher(lambda user_id, came_ms=came_ms: came_ms)
        found = [
            enricher.find(tweet(f"{word} {word[::-1]}", number)).signals for number, word in enumerate(words)
        ]
        assert found == [Signal.NONE] * 7 + [expected] * 2


sentences = st.lists(
    st.sampled_from(["herons", "fly", "over", "the", "quiet", "river", "today", "again", "slowly"]),
    max_size=9,
).map(" ".join)
said = st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 3), sentences), max_size=25)


@settings(SEEDED, max_examples=60)
@given(said)
def test_windows_see_what_plain_lists_see(history: list[tuple[int, int, str]]) -> None:
    windows = Windows()
    before: list[tuple[int, int, str, int]] = []
    for number, (second, author_id, text) in enumerate(history):
        tweet_id = first_id_at(NOW_MS + 1000 * second * 5) + number
        fingerprint = naive_texts.simhash([ord(each) for each in text], 3) if text else 0
        since = tweet_id - (SPAM_WINDOW_S * 1000 << TIME_SHIFT)
        near = [
            other
            for held_id, other, held, print_of in before
            if held_id >= since and held and (print_of ^ fingerprint).bit_count() <= SPAM_FINGERPRINT_BITS_MAX
        ]
        seen = windows.see(tweet_id, author_id, text)
        own = [held_id for held_id, other, _, _ in before if other == author_id]
        if len(own) <= SPAM_AUTHOR_TWEETS and text:
            assert seen.own == near.count(author_id)
        others = sum(
            held_id >= since
            and other != author_id
            and len(held) >= SPAM_LETTERS_MIN
            and (print_of ^ fingerprint).bit_count() <= SPAM_FINGERPRINT_BITS_MAX
            for held_id, other, held, print_of in before
        )
        assert seen.others == (others if len(text) >= SPAM_LETTERS_MIN else 0)
        before.append((tweet_id, author_id, text, fingerprint))


@settings(SEEDED, max_examples=60)
@given(st.text(max_size=60), st.integers(0, 99))
def test_names_numbers_and_signs_do_not_tell_texts_apart(text: str, number: int) -> None:
    core = f"letters and more {''.join(each for each in text if each in string.ascii_lowercase)}"
    decorated = f"@anna_{number} {core.upper()} !!! {number} https://x.org/{number}"
    assert fingerprinted(decorated) == fingerprinted(core)
