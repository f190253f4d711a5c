"""Searches as they are written, and what is said of those that cannot be understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.errors import MalformedQuery
from roost.ids import ID_MAX, first_id_at
from roost.limits import SEARCH_CONDITIONS_MAX, SEARCH_DEPTH_MAX, SEARCH_QUERY_CHARACTERS_MAX
from roost.search import (
    Between,
    By,
    Either,
    Every,
    Kind,
    Likes,
    Mentions,
    Node,
    Not,
    Tag,
    To,
    Words,
    leaves,
    parse,
    parse_leniently,
)
from tests.search import samples
from tests.strategies import SEEDED

DAY_MS = 86_400_000
MAY_MS = 1_777_593_600_000  # 2026-05-01
HERON, GULL, OWL = Words(("heron",)), Words(("gull",)), Words(("owl",))
without_bounds = samples.trees.filter(
    lambda tree: not any(isinstance(leaf, Between) for leaf in leaves(tree))
)


@given(without_bounds)
@settings(SEEDED, max_examples=500)
def test_what_is_written_of_a_tree_is_understood_as_that_tree(tree: Node) -> None:
    assert parse(samples.written(tree)) == tree == parse_leniently(samples.written(tree))


pieces = st.sampled_from(
    [
        '"',
        "(",
        ")",
        "-",
        "or",
        " ",
        "from:",
        "has:",
        "min_likes:",
        "since:",
        "2026-05-01",
        "#",
        "@",
        "ann",
        "日",
    ]
)


@given(st.lists(pieces, max_size=20).map("".join) | st.text(max_size=40))
@settings(SEEDED, max_examples=500)
def test_any_text_is_understood_or_the_place_is_named(text: str) -> None:
    lenient = parse_leniently(text)
    problem = None
    try:
        assert parse(text) == lenient
    except MalformedQuery as found:
        problem = found
    if problem is not None:
        assert 0 <= problem.start <= problem.stop <= len(text)
        assert f"at character {problem.start + 1}: " in problem.text
        assert problem.fields["q"][0].code == "ERR_MALFORMED"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("heron gull", Every((HERON, GULL))),
        ("heron OR gull owl", Either((HERON, Every((GULL, OWL))))),
        ("(heron or gull) owl", Every((Either((HERON, GULL)), OWL))),
        ('heron "or" gull', Every((HERON, Words(("or",)), GULL))),
        ('-"by the river" -from:ann', Every((Not(Words(("by", "the", "river"))), Not(By("ann"))))),
        ("one-legged", Words(("one", "legged"))),
        ("Größe", Words(("grosse",))),
        ("日本", Words(("日", "日本", "本"))),
        ("#Vögel, @Ann", Every((Tag("vögel"), Mentions("ann")))),
        ("@ann@elsewhere.example", Words(("ann", "elsewhere", "example"))),
        ("to:me min_likes:5", Every((To("me"), Likes(5)))),
        ("has:images is:reply", Every((Kind("image"), Kind("reply")))),
        ("https://roost.org/a 12:30", Every((Words(("https", "roost", "org", "a")), Words(("12", "30"))))),
        ("since:2026-05-01", Between(low=first_id_at(MAY_MS) - 1)),
        ("until:2026-05-01", Between(high=first_id_at(MAY_MS))),
        ("after:2026-05-01", Between(low=first_id_at(MAY_MS + DAY_MS) - 1)),
        ("before:2026-05-01t12:00", Between(high=first_id_at(MAY_MS + DAY_MS // 2))),
        ("until:2026-05-01T12:00:00+02:00", Between(high=first_id_at(MAY_MS + 10 * 3_600_000))),
        ("until:9999-12-31", Between(high=ID_MAX)),
        ("after:9999-12-31", Between(low=ID_MAX - 1)),
        ("during:9999-12-31", Between(ID_MAX - 1, ID_MAX)),
        ("during:2026-05-01", Between(first_id_at(MAY_MS) - 1, first_id_at(MAY_MS + DAY_MS))),
    ],
)
def test_what_a_search_means(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", "", "at character 1: there is nothing to search for"),
        ("  ", "  ", "nothing to search for"),
        ('heron "by the', '"by the', "not closed"),
        ('heron ""', '""', "no word"),
        ("heron - gull", "-", "minus"),
        ("heron --gull", "-", "minus"),
        ("heron or", "or", 'after "or"'),
        ("or heron", "or", 'before "or"'),
        ("heron or or gull", "or", '"or"'),
        ("(heron", "(", "not closed"),
        ("heron)", ")", "closes none"),
        ("heron ()", "()", "nothing in"),
        ("heron !?", "!?", "no word"),
        ("heron from:", "from:", "after an operator"),
        ("from:a-b heron", "from:a-b", "username"),
        ("has:feathers", "has:feathers", "media, image"),
        ("is:bird", "is:bird", "reply, quote"),
        ("lang:deutsch", "lang:deutsch", '"de"'),
        ("min_likes:many", "min_likes:many", "number"),
        ("min_likes:9999999999", "min_likes:9999999999", "number"),
        ("since:2026-13-01", "since:2026-13-01", '"2026-05-01"'),
        ("form:ann", "form:ann", '"from:"'),
        ("x" * (SEARCH_QUERY_CHARACTERS_MAX + 1), "x", ": a search has"),
        ("a " * (SEARCH_CONDITIONS_MAX + 1), "a", "conditions at most"),
        ("(" * (SEARCH_DEPTH_MAX + 1) + "a" + ")" * (SEARCH_DEPTH_MAX + 1), "(", "deep at most"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(MalformedQuery) as found:
        parse(text)
    assert text[found.value.start : found.value.stop] == place
    assert reason in found.value.text


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('heron "by the', Every((HERON, Words(("by", "the"))))),
        ("heron or", HERON),
        ("or heron ) gull", Every((HERON, GULL))),
        ("or", Words(("or",))),
        ("has:feathers -is:bird", Every((Words(("has", "feathers")), Not(Words(("is", "bird")))))),
        ("- !", None),
        ("", None),
    ],
)
def test_what_is_made_of_it_all_the_same(text: str, tree: Node | None) -> None:
    assert parse_leniently(text) == tree
