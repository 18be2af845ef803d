"""Small pieces of HTML for notebooks, everything escaped; nothing here knows what is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Final

__all__ = ["CLAIM", "block", "table"]

CLAIM: Final = "Scenario exploration, not prediction"

# Notebooks bring colours of their own, light and dark: only the layout is said.
_CELL: Final = "padding:0.15em 0.8em 0.15em 0;vertical-align:top;text-align:"


def block(title: str, lines: Iterable[str], *parts: str, note: str = "") -> str:
    """A titled piece: lines of text, then `parts` (HTML from `table`), a note, and what it is not."""
    told = "".join(f"<p style='margin:0.2em 0'>{escape(line)}</p>" for line in lines if line)
    small = " ".join(part for part in (note, f"{CLAIM}.") if part)
    return (
        f"<div><p style='margin:0.2em 0'><strong>{escape(title)}</strong></p>{told}{''.join(parts)}"
        f"<p style='margin:0.2em 0'><small>{escape(small)}</small></p></div>"
    )


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], numeric: Collection[int] = ()
) -> str:
    """A table with a caption; the first cell of a row names it, columns in `numeric` stand to the right."""
    side = ["right" if column in numeric else "left" for column in range(len(heads))]
    head = "".join(
        f"<th scope='col' style='{_CELL}{to}'>{escape(text)}</th>"
        for text, to in zip(heads, side, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, side)}</tr>" for row in rows)
    return (
        f"<table><caption style='text-align:left;caption-side:top'>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(row: Sequence[object], side: Sequence[str]) -> str:
    first, *others = (escape(str(cell)) for cell in row)
    found = f"<th scope='row' style='{_CELL}{side[0]};font-weight:normal;white-space:nowrap'>{first}</th>"
    return found + "".join(
        f"<td style='{_CELL}{to}'>{cell}</td>" for cell, to in zip(others, side[1:], strict=True)
    )
