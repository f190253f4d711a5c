"""What the staff may say of trends, for the tests of derivation."""

from typing import Any

from hypothesis import strategies as st

from roost.model import TrendBar, TrendKind, TrendSetting, TrendTerms

FACTS: dict[type[Any], Any] = {
    TrendSetting: TrendSetting(TrendTerms(users_min=3), 5),
    TrendBar: TrendBar(TrendKind.TAG, "birds"),
}
FEW = {
    "setting": st.builds(TrendSetting, st.just(TrendTerms()), st.sampled_from([1, 2])),
    "bar": st.builds(TrendBar, st.sampled_from(TrendKind), st.sampled_from("ab"), st.booleans()),
}
