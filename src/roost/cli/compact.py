"""Tables that windows of 80 columns have room for."""

from rich import box
from rich.table import Table


def compact(title: str | None = None) -> Table:
    """A table with two spaces between columns, and no lines but the one below the names."""
    return Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        pad_edge=False,
    )


def add_whole(table: Table, name: str, values: list[str], is_number: bool = False) -> None:
    """A column whose values are never cut, however narrow the window. The words of a name that is longer than
    they are stand below each other."""
    widest = max(map(len, values), default=0)
    head = name if len(name) <= widest else name.replace(" ", "\n")
    width = max(widest, *map(len, head.split("\n")))
    table.add_column(head, no_wrap=True, min_width=width, justify="right" if is_number else "left")
