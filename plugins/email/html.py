"""HTML to text: what a reader sees, without the quoted mail, with the targets of links to maps."""

from __future__ import annotations

import re
from html import unescape

from inscriptis import get_text
from selectolax.lexbor import LexborHTMLParser, LexborNode

from plugins.email.guard import attempt
from plugins.email.quotes import is_forward

_LIMIT = 400_000
_HIDDEN = 'script,style,title,head,[style*="display:none" i],[style*="display: none" i]'
_QUOTED = ".gmail_quote,blockquote[type=cite],.yahoo_quoted,.moz-cite-prefix"
_QUOTE_FOLLOWS = "#appendonsend,#divRplyFwdMsg"
_MAP = re.compile(
    r"(?i)^(?:geo:|https?://(?:[a-z0-9.-]*\.)?"
    r"(?:google\.[a-z.]+/maps|maps\.google\.|goo\.gl/maps|maps\.app\.goo\.gl|openstreetmap\.org|osm\.org|waze\.com"
    r"|maps\.apple\.com|bing\.com/maps))"
)
# Selecting in very deep nesting takes quadratic time.
_TAGS = 20_000
# Tables are padded to the widest cell: many rows beside one long text would fill the memory.
_TABLE_CELLS = 5_000_000


def html_to_text(html: str, *, quotes: bool = True) -> str:
    """Give the visible text. Without `quotes` the nodes in which mail programs put the quoted mail are left out."""
    html = html[:_LIMIT]
    if html.count("<") > _TAGS:
        return unescape(re.sub(r"<[^<>]*>", "\n", html))
    tree = LexborHTMLParser(html)
    for node in tree.css(_HIDDEN):
        node.decompose()
    if not quotes:
        _drop_quotes(tree)
    for link in tree.css("a[href]"):
        href = link.attributes.get("href") or ""
        if _MAP.match(href) and href not in link.text():
            link.insert_after(f" {href[:500]} ")
    return _render(tree)


def _drop_quotes(tree: LexborHTMLParser) -> None:
    for marker in tree.css(_QUOTE_FOLLOWS):
        _drop_following(marker)
    for node in tree.css(_QUOTED):
        # Gmail wraps forwards in the same class, and there the quoted mail is the complaint.
        if not is_forward(node.text(separator="\n")):
            node.decompose()


def _drop_following(marker: LexborNode) -> None:
    node: LexborNode | None = marker
    while node is not None:
        following = node.next
        node.decompose()
        node = following


def _render(tree: LexborHTMLParser) -> str:
    plain = tree.text(separator="\n") if tree.root else ""
    if len(plain) * len(tree.css("tr")) > _TABLE_CELLS:
        return plain
    for node in tree.css("[style]"):
        del node.attrs["style"]  # margins of a million lines are legal CSS
    return attempt(lambda: get_text(tree.html or ""), "") or plain  # gives nothing for very deep nesting
