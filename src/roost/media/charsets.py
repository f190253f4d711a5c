"""How a page of HTML is written: a text, whatever its bytes are."""

import codecs
import re

_HEAD_BYTES = 2_048
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_USUAL = "cp1252"
_MEANT = {
    "ascii": _USUAL,
    "iso8859-1": _USUAL,
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
"""What browsers read in the place of what is declared, by Python's names."""
_TAKEN = re.compile(
    r"(utf-8|utf-16-[bl]e|cp125\d|cp866|cp874|cp932|cp949|iso8859-\d+|koi8-[ru]|mac-\w+|gb18030|big5(hkscs)?"
    r"|euc_jp|iso2022_jp)\Z"
)


def decoded(body: bytes, charset: str) -> str:
    """The text: by its mark, what its sender said, what it says itself, or how it looks. Cannot fail."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    said = _known(charset)
    if not said:
        declared = _DECLARED.search(body, 0, _HEAD_BYTES)
        said = _known(declared[1].decode("ascii", "replace")) if declared else ""
        said = "utf-8" if said.startswith("utf-16") else said  # else it could not have said so
    return body.decode(said or _guessed(body), "replace")


def _known(charset: str) -> str:
    """Python's name of an encoding that browsers take; empty for any other."""
    try:
        name = codecs.lookup(charset.strip(" \"'")).name
    except (LookupError, ValueError):
        return ""
    name = _MEANT.get(name, name)
    return name if _TAKEN.match(name) else ""


def _guessed(body: bytes) -> str:
    """UTF-8 where it is that, but perhaps for a character that was cut off at its end."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(body)
    except UnicodeDecodeError:
        return _USUAL
    return "utf-8"
