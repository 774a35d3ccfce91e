"""Full-text search in a work list: scrubbed words, titles, streets and numbers, through each engine's own index.

Every word stands in the index behind the code of its queue. So a search reads what one queue has, however much the
store holds, and a word of a sealed report is no word of any other queue.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, cast, delete, func, literal_column, select, text, update
from sqlalchemy.dialects import postgresql

from hub.store.bulk import insert_many
from hub.store.queue_filter import Filter
from hub.store.reports import find_report
from hub.store.tables import additions, complaints, queue_rows, reports, search_docs, understandings

CHUNK = 500
MOST_WORDS, LONGEST, SHORTEST = 400, 32, 2
"""Distinct words of a report, and characters of a word."""
MOST_COMPLAINTS = 200
"""Of a report with more, the newest are searched."""
MOST_ASKED = 8
"""Words of a search; what is typed beyond them is left out."""
WHOLE = 3
"""A word of at least so many characters is found by its beginning too."""
_MARK = "·"
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\s*[A-Za-z]{2,4}[-\s]?[0-9A-Za-z]{4}[-\s]?[0-9A-Za-z]{4}\s*")
_ADD = "INSERT INTO search_words (rowid, words) VALUES (NEW.report, NEW.words)"
_REMOVE = "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', OLD.report, OLD.words)"


def spell_index(dialect: str) -> Iterator[str]:
    """Spell what makes the engine's own index over `search_docs`."""
    if dialect == "sqlite":
        yield (
            "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_docs', content_rowid='report', "
            "tokenize='ascii', detail=none, columnsize=0)"
        )
        yield f"CREATE TRIGGER search_docs_made AFTER INSERT ON search_docs BEGIN {_ADD}; END"
        yield f"CREATE TRIGGER search_docs_gone AFTER DELETE ON search_docs BEGIN {_REMOVE}; END"
        yield f"CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN {_REMOVE}; {_ADD}; END"
    else:
        yield (
            "CREATE INDEX search_words ON search_docs USING gin (array_to_tsvector(string_to_array(words, ' '))) "
            "WITH (fastupdate = off)"
        )


def words_of(said: str) -> list[str]:
    """Give the distinct words of a text as they are compared: small letters, no accents."""
    plain = unicodedata.normalize("NFKD", said).casefold()
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(bare) if len(word) >= SHORTEST))


def finding(connection: Connection, queue: str, chosen: Filter) -> Iterator[ColumnElement[bool]]:
    """Give the condition on `queue_rows` that a text puts; nothing without a text."""
    found = find_report(connection, chosen.text) if _NUMBER.fullmatch(chosen.text) else None
    if found is not None:
        yield queue_rows.c.report == found
    elif chosen.text:
        words = words_of(chosen.text)[:MOST_ASKED]
        yield queue_rows.c.report.in_(_matching(connection.dialect.name, _scope(queue), words))


def _matching(dialect: str, scope: str, words: Sequence[str]) -> Any:
    if not words:
        return select(search_docs.c.report).where(literal_column("1") == literal_column("0"))
    if dialect == "sqlite":
        asked = " AND ".join(f'"{scope}{word}"{" *" if len(word) >= WHOLE else ""}' for word in words)
        return text("SELECT rowid FROM search_words WHERE search_words MATCH :asked").bindparams(asked=asked)
    asked = " & ".join(f"'{scope}{word}'{':*' if len(word) >= WHOLE else ''}" for word in words)
    indexed = func.array_to_tsvector(func.string_to_array(search_docs.c.words, literal_column("' '")))
    return select(search_docs.c.report).where(indexed.op("@@")(cast(asked, postgresql.TSQUERY)))


def _scope(queue: str) -> str:
    return f"{''.join(words_of(queue))}{_MARK}"


def index_reports(connection: Connection, ids: Iterable[int]) -> None:
    """Bring what these reports are found by up to date, in the transaction that changed them."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        _index(connection, wanted[start : start + CHUNK])


def index_all(connection: Connection) -> None:
    """Make the index of a store that had none."""
    last = 0
    while True:
        after = select(reports.c.id).where(reports.c.id > last).order_by(reports.c.id).limit(CHUNK)
        ids = list(connection.execute(after).scalars())
        if not ids:
            return
        _index(connection, ids)
        last = ids[-1]


def _index(connection: Connection, ids: Sequence[int]) -> None:
    known = {
        row.report: row.words for row in connection.execute(select(search_docs).where(search_docs.c.report.in_(ids)))
    }
    made = _make(connection, ids)
    insert_many(
        connection, search_docs, [{"report": key, "words": words} for key, words in made.items() if key not in known]
    )
    for key, words in made.items():
        if known.get(key, words) != words:
            connection.execute(update(search_docs).where(search_docs.c.report == key).values(words=words))
    if gone := sorted(known.keys() - made.keys()):
        connection.execute(delete(search_docs).where(search_docs.c.report.in_(gone)))


def _make(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Spell the words of reports; of those that live on their own."""
    which = reports.c.id.in_(ids), reports.c.merged_into.is_(None)
    heads = connection.execute(select(*reports.c["id", "number", "title", "queue", "place"]).where(*which)).all()
    said: dict[int, list[str]] = {row.id: [row.number, row.title, row.place.get("street", "")] for row in heads}
    for report, words in _texts(connection, list(said)):
        said[report].append(words)
    return {row.id: _spell(row.queue, said[row.id]) for row in heads}


def _spell(queue: str, said: Sequence[str]) -> str:
    scope = _scope(queue)
    return " ".join(scope + word for word in words_of(" ".join(said))[:MOST_WORDS])


def _texts(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Give the scrubbed words of complaints and of what was added to them."""
    rank = func.row_number().over(partition_by=complaints.c.report, order_by=complaints.c.id.desc())
    ranked = select(complaints.c.id, rank.label("rank")).where(complaints.c.report.in_(ids)).subquery()
    newest = select(complaints.c.report, complaints.c.id, complaints.c.understanding).join(
        ranked, ranked.c.id == complaints.c.id
    )
    chosen = newest.where(ranked.c.rank <= MOST_COMPLAINTS).subquery()
    understood = select(chosen.c.report, understandings.c.text).join(
        chosen, chosen.c.understanding == understandings.c.id
    )
    added = select(chosen.c.report, additions.c.scrubbed).join(chosen, chosen.c.id == additions.c.complaint)
    for statement in (understood, added):
        yield from ((row[0], row[1]) for row in connection.execute(statement.order_by(chosen.c.id.desc())))
