"""Files of follows and activity: what may stand in them, and which line is to blame for what may not."""

import gzip
import os
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.errors import Invalid
from roost.ids import ID_MAX
from roost.load import read_activity, read_follows
from roost.load.files import MENTION, REPLY, RETWEET

users = st.integers(1, 40)
seconds = st.integers(0, 1_000)


def write(folder: Path, text: str, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def pairs(path: Path, offset: int = 0) -> list[tuple[int, int]]:
    found = read_follows(path, offset)
    return list(zip(found.followers.tolist(), found.followees.tolist(), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "1 2\n2 3\n",
        "1\t2\n2\t3\n",
        "follower\tfollowee\n1\t2\n2\t3\n",
        "# a comment\n\n  1   2  \n#another 5 6\n2 3",
        "# from\nFromNodeId ToNodeId\n1 2\r\n2 3\r\n",
    ],
)
def test_the_forms_that_edge_lists_come_in(tmp_path: Path, text: str) -> None:
    assert pairs(write(tmp_path, text)) == [(1, 2), (2, 3)]


def test_a_compressed_file_is_known_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(gzip.compress(b"1 2\n2 3\n"))
    assert pairs(path) == [(1, 2), (2, 3)]
    assert pairs(write(tmp_path, "1 2\n", "plain.gz")) == [(1, 2)]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("first", [1, 2, 3, 1_000])
def test_a_pipe_is_read_from_its_beginning(tmp_path: Path, compressed: bool, first: int) -> None:
    """As `--follows <(zcat file)` gives one; `first` bytes come before all others."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    text = "".join(f"{number} {number + 1}\n" for number in range(1, 3_000)).encode()
    content = gzip.compress(text) if compressed else text

    def write_slowly() -> None:
        with path.open("wb", buffering=0) as pipe:
            pipe.write(content[:first])
            pipe.write(content[first:])

    writer = threading.Thread(target=write_slowly)
    writer.start()
    found = pairs(path)
    writer.join()
    assert found == [(number, number + 1) for number in range(1, 3_000)]


@given(st.lists(st.tuples(users, users), min_size=1, max_size=60))
def test_follows_are_each_once_sorted_and_of_others(edges: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), "".join(f"{one} {other}\n" for one, other in edges))
        found = read_follows(path)
    expected = sorted({(one, other) for one, other in edges if one != other})
    assert list(zip(found.followers.tolist(), found.followees.tolist(), strict=True)) == expected
    assert found.left_out == len(edges) - len(expected)


def test_an_offset_makes_room_for_a_user_zero(tmp_path: Path) -> None:
    path = write(tmp_path, "0 1\n")
    assert pairs(path, 1) == [(1, 2)]
    with pytest.raises(Invalid, match=r"line 1: .*ids begin with 1; try --offset 1$"):
        read_follows(path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1", "two numbers with a blank or tab between them: 1 field was found"),
        ("1 2 3", "two numbers with a blank or tab between them: 3 fields were found"),
        ("1,2", "1 field was found"),
        ("1 x", "'x' is no number"),
        ("1 -2", "'-2' is no number"),
        ("1 2.5", "'2.5' is no number"),
        ("1 1_000", "'1_000' is no number"),
        (f"1 {ID_MAX + 1}", "is no number"),
        ("one 2", "'one' is no number"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = write(tmp_path, f"# first\n7 8\n{line}\n9 10\n")
    with pytest.raises(Invalid) as caught:
        read_follows(path)
    assert f"{path}, line 3: " in caught.value.text
    assert problem in caught.value.text


def test_a_second_header_is_a_bad_line(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="line 3: "):
        read_follows(write(tmp_path, "a b\n1 2\na b\n"))


def test_commas_are_named_on_the_first_line(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"line 1: .*1 field was found"):
        read_follows(write(tmp_path, "follower,followee\n1,2\n"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="No such file"):
        read_follows(tmp_path / "none")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"1 2\n" * 10_000)[:-20])
    with pytest.raises(Invalid, match=r"cut\.gz cannot be read"):
        read_follows(cut)
    with pytest.raises(Invalid, match="has no follows"):
        read_follows(write(tmp_path, "# nothing\n"))
    with pytest.raises(Invalid, match="has no activity"):
        read_activity(write(tmp_path, "\n"))


def test_activity_is_in_the_order_of_time(tmp_path: Path) -> None:
    path = write(tmp_path, "1 2 30 RT\n3 4 10 MT\n5 6 30 RE\n7 8 20 RT\n")
    found = read_activity(path, offset=100)
    assert found.actors.tolist() == [103, 107, 101, 105]
    assert found.objects.tolist() == [104, 108, 102, 106]
    assert found.times_s.tolist() == [10, 20, 30, 30]
    assert found.kinds.tolist() == [MENTION, RETWEET, RETWEET, REPLY]


def test_a_limit_and_a_part(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f"1 2 {second} RT\n" for second in range(9)) + "bad\n")
    found = read_activity(path, limit=9)
    assert len(found) == 9
    assert np.array_equal(found.part(2, 5).times_s, [2, 3, 4])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1 2 3 XX", "has to end with RT, MT or RE"),
        ("1 2 3 rt", "has to end with RT, MT or RE"),
        ("1 2 RT", "three numbers and RT, MT or RE, with blanks or tabs between them: 3 fields were found"),
        ("1,2,3,RT", "1 field was found"),
        ("1 2 3 RT extra", "5 fields were found"),
        ("1 2 x RT", "'x' is no number"),
        ("0 2 3 RT", "ids begin with 1"),
    ],
)
def test_a_bad_line_of_activity_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = write(tmp_path, f"1 2 3 RT\n{line}\n")
    with pytest.raises(Invalid) as caught:
        read_activity(path)
    assert f"{path}, line 2: " in caught.value.text
    assert problem in caught.value.text
