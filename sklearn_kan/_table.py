"""Small tables: a list of records that reads well, and a DataFrame where pandas is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload


class Table(Sequence[dict[str, Any]]):
    """A sequence of records, dictionaries with the same keys.

    Parameters
    ----------
    records : sequence of dict
    columns : sequence of str
        The keys that are shown, in order; records may have more.
    rule : str
        What the records were made by, where that is to be said.
    title : str
        What they are of, where that is to be said: the line above.
    """

    def __init__(
        self,
        records: Sequence[dict[str, Any]],
        columns: Sequence[str],
        rule: str = "",
        title: str = "",
    ) -> None:
        self.records = list(records)
        self.columns = list(columns)
        self.rule = rule
        self.title = title

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Table: ...

    def __getitem__(self, index: int | slice) -> dict[str, Any] | Table:
        """Return a record, or a table of some."""
        if isinstance(index, slice):
            return Table(self.records[index], self.columns, self.rule, self.title)
        return self.records[index]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the records."""
        return iter(self.records)

    def column(self, name: str) -> list[Any]:
        """Return one entry of every record."""
        return [record[name] for record in self.records]

    def to_frame(self) -> Any:
        """Return a pandas DataFrame of the columns; pandas must be installed."""
        import pandas as pd

        return pd.DataFrame([{c: r[c] for c in self.columns} for r in self.records], None)

    def __repr__(self) -> str:
        """Show the columns, one record a line."""
        rows = [self.columns, *([_text(record[c]) for c in self.columns] for record in self)]
        widths = [max(len(row[k]) for row in rows) for k in range(len(self.columns))]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([self.title, *lines] if self.title else lines)

    def _repr_html_(self) -> str:
        """Show the columns as an HTML table."""
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_text(record[c]))}</td>" for c in self.columns) + "</tr>"
            for record in self
        )
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(entry: Any) -> str:
    """Return an entry as text, floats to six digits."""
    if entry is None:
        return ""
    if isinstance(entry, float):
        return f"{entry:.6g}"
    return str(entry)
