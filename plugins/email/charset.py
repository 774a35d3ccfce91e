"""Bytes of a mail to text. Any codec of Python could be named in a mail, so only real character sets are obeyed."""

from __future__ import annotations

import base64
import binascii
import codecs
import re

_ALLOWED = frozenset(
    ["ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5"]
    + ["shift_jis", "euc_jp", "euc_kr", "iso2022_jp", "iso2022_kr", "mac-roman", "tis-620", "cp437", "cp850", "cp874"]
    + [f"cp{number}" for number in range(1250, 1259)]
    + [f"iso8859-{number}" for number in range(1, 17)]
)
# Their bytes look like good UTF-8, so here the declaration goes first.
_AMBIGUOUS = ("utf-16", "iso2022")
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b\u2028\u2029\ufeff\ud800-\udfff]")


def decode(data: bytes, declared: str = "") -> str:
    """Decode by what fits: UTF-8, else the declared character set, else Windows-1252. Never fails."""
    codec = _codec(declared)
    order = [codec, "utf-8"] if codec.startswith(_AMBIGUOUS) else ["utf-8", codec]
    for name in order:
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    return data.decode("cp1252", "replace")


def decode_words(value: str) -> str:
    """Decode the encoded words of a header (RFC 2047); what is broken stays as it stands."""
    runs: list[tuple[str, bytes]] = []
    end = 0
    for match in _WORD.finditer(value):
        gap = value[end : match.start()]
        if gap.strip() or not end:  # blanks between two encoded words belong to neither
            _add(runs, "utf-8", gap.encode("utf-8", "replace"))
        _add(runs, match[1].partition("*")[0].lower(), _word_bytes(match[2], match[3]))
        end = match.end()
    _add(runs, "utf-8", value[end:].encode("utf-8", "replace"))
    return "".join(decode(data, charset) for charset, data in runs)


def clean(text: str) -> str:
    """Drop what nobody sees (control characters, soft hyphens), turn hard blanks into blanks, trim the lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u2028", "\n")
    lines = [line.rstrip() for line in _CONTROL.sub("", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_line(text: str, limit: int = 500) -> str:
    """Clean and put on one line, cut to a limit."""
    return " ".join(clean(text).split())[:limit]


def _codec(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip("\"' ")).name
    except (LookupError, ValueError):
        return "utf-8"
    return name if name in _ALLOWED else "utf-8"


def _add(runs: list[tuple[str, bytes]], charset: str, data: bytes) -> None:
    """Join neighbours of one character set: senders cut words in the middle of a character."""
    if runs and runs[-1][0] == charset:
        data = runs.pop()[1] + data
    runs.append((charset, data))


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except ValueError:
        return data
