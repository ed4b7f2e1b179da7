"""How text is put into the search index: one token per character, by plain SQL that any writer can run."""

from __future__ import annotations

SEARCH_TABLE = "USING fts5(title, body, content='', tokenize='unicode61 remove_diacritics 2')"

FILES_SEARCH_TABLE = SEARCH_TABLE.replace("body,", "body, files,")
"""Since files are kept: with the names and texts of an article's attachments beside its own."""

INDEXED_CHARS = 200_000
"""How much of a body, and of all files of an article together, is searchable; splitting has a cost that grows faster than
the text, and no article is longer.
"""

_RUN, _CHUNK = 16, 1024


def split_sql(expression: str) -> str:
    """SQL that puts a blank between all characters of a text expression; NULL stays NULL.

    One token per character: every word of any length is found, and any SQLite client may write, for the splitting is
    plain SQL. `substr` counts from the start of its text, so characters are taken one by one only from runs of 16, runs
    from chunks of 1,024: 0.4 ms for 1,000 characters, 5 ms for 12,000, 0.15 s for 200,000, where the plain
    recursion over the whole text takes 6 ms and 540 ms for the first two.
    """
    each = " || ' ' || ".join(f"substr(run, {i}, 1)" for i in range(1, _RUN + 1))
    return (
        f"(WITH RECURSIVE chunks(chunk, rest) AS (SELECT substr({expression}, 1, {_CHUNK}), "
        f"substr({expression}, {_CHUNK + 1}, {INDEXED_CHARS - _CHUNK}) UNION ALL "
        f"SELECT substr(rest, 1, {_CHUNK}), substr(rest, {_CHUNK + 1}) FROM chunks WHERE rest <> '') "
        f"SELECT group_concat((WITH RECURSIVE runs(run, rest) AS (SELECT substr(chunk, 1, {_RUN}), "
        f"substr(chunk, {_RUN + 1}) UNION ALL "
        f"SELECT substr(rest, 1, {_RUN}), substr(rest, {_RUN + 1}) FROM runs WHERE rest <> '') "
        f"SELECT group_concat({each}, ' ') FROM runs), ' ') FROM chunks)"
    )


def fts_row_sql(article: str, files: str | None = None) -> str:
    """SQL expressions of an article's row in the index: rowid, title, body, files. `article` names the row: a, new, old."""
    columns = (f"{article}.title", f"{article}.body", files or files_sql(f"{article}.id"))
    return ", ".join((f"{article}.id", *map(split_sql, columns)))


def files_sql(article: str, *, but: str = "", with_row: str = "", text: str = "f.text") -> str:
    """SQL of what an article's attachments are called and say, in their order; NULL where it has none.

    A trigger that runs after a change asks for what was there before it: the rows `but` the one of this id, `with_row`
    (its name in the trigger) as it was; `text`: what a file said.
    """
    where = f"t.article_id = {article}" + (f" AND t.id <> {but}" if but else "")
    rows = f"SELECT t.position, t.id, t.name, {text} AS text FROM attachments t LEFT JOIN files f ON f.digest = t.digest WHERE {where}"
    if with_row:
        said = f"(SELECT f.text FROM files f WHERE f.digest = {with_row}.digest)"
        rows += f" UNION ALL SELECT {with_row}.position, {with_row}.id, {with_row}.name, {said}"
    return (
        "(SELECT group_concat(coalesce(name, '') || char(10) || coalesce(text, ''), char(10)) "
        f"FROM (SELECT * FROM ({rows}) ORDER BY 1, 2))"
    )
