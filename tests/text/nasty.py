"""Texts that cost a careless implementation quadratic or exponential time."""

LENGTH = 10_000

_WRITTEN = """
@ # . a.a.a. (((( $ a - _ a_ a- http:// https://a. :// a.com a.com. foo.com_x. .com _x.com -.com é あ あ. あ。
a.com/( a.com/(a /(a a.co? http://a.co/? http://a.co/?! http://t.co/ http://a.co/((a) RT@ RT: @a @a@ @a@b
@a/b- #a #1 #_1 #あ $A $A. 😀 ❤️ 🇦 1⃣ xn-- http://xn--a. あ.com あ_.com a.b.c.d.com- 1.2.3. % ＠ ＃a < & "
(a (a) ! a.a.com@ a.com@ @a.com .com/ ß.com @a@x.y. a@b.com <a &amp
"""
_UNSEEN = ("a.com ", "\u0301", "e\u0301", "\u0345\u0300", "\u1100", "\u1161", "😀\u200d", "#a\ufe0f")
_LONG = ("\n", "\u200d", "\u202a", "\ufeff", "http://" + "a" * 60 + ".", "http://" + "あ" * 20 + ".com ")

UNITS = (*_WRITTEN.split(), *_UNSEEN, *_LONG)


def nasty_text(unit: str, length: int = LENGTH) -> str:
    """`unit` over and over, `length` characters of it."""
    return (unit * (length // len(unit) + 1))[:length]
