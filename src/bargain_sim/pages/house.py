"""The house style for pages: colours as custom properties, endings as SVG patterns.

The figures' own table (`plots.style`) is read, so that an ending looks the same on a page as in print.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, SIDE_STYLE, outcome_edge

__all__ = ["colours", "fill_of", "patterns"]

# Every pair of text and ground has a contrast of at least 4.5, edges and rings one of 3.
_LIGHT: Final = {
    "ground": "#f6f6f4", "card": "#ffffff", "inset": "#ececea", "ink": INK, "quiet": QUIET,
    "line": "#dcdcd8", "edge": "#8a8a86", "accent": "#0060a0", "on-accent": "#ffffff",
    "focus": "#b34700", "warn": "#b34700", "first": SIDE_STYLE[0].colour, "second": SIDE_STYLE[1].colour,
}  # fmt: skip
_DARK: Final = {
    "ground": "#141517", "card": "#1d1f22", "inset": "#2a2d31", "ink": "#f0f0ee", "quiet": "#b4b6b8",
    "line": "#36393d", "edge": "#85888c", "accent": "#7cc4f5", "on-accent": "#10202c",
    "focus": "#ffb454", "warn": "#ffb454", "first": "#5fb4ea", "second": "#f0f0ee",
}  # fmt: skip

# Lines of a tile of 8 × 8 for the first character of a matplotlib hatch.
_HATCHES: Final = {
    "x": "M0 0L8 8M8 0L0 8",
    "\\": "M-2 -2L10 10M-2 6L2 10M6 -2L10 2",
    "/": "M-2 10L10 -2M-2 2L2 -2M6 10L10 6",
    "-": "M0 4H8",
    "|": "M4 0V8",
    ".": "M2 2h.01M6 6h.01",
}


def colours() -> str:
    """CSS that names the colours: as the system has it, or as `data-theme` on the root says.

    `--ground`, `--card`, `--inset` (surfaces), `--ink`, `--quiet`, `--line`, `--edge`, `--accent`,
    `--on-accent`, `--focus`, `--warn`, `--first`, `--second` (the sides), and `--<outcome>` with
    `--<outcome>-edge` for every ending.  Paper is white whatever the screen is.
    """
    endings: dict[str, str] = {}
    for name, look in OUTCOME_STYLE.items():
        key = name.replace("_", "-")
        endings |= {key: look.colour, f"{key}-edge": outcome_edge(name)}
    light, dark = _block(_LIGHT, "light"), _block(_DARK, "dark")
    return (
        f":root{{{_block(endings)}{light}}}\n"
        f'@media screen and (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f'@media screen{{:root[data-theme="dark"]{{{dark}}}}}\n'
    )


def fill_of(outcome: str) -> str:
    """What to write into `fill` of an SVG shape that stands for an ending."""
    return f"url(#fill-{outcome})"


def patterns() -> Markup:
    """An SVG without size that holds the hatched fill of every ending (see `fill_of`)."""
    tiles = []
    for name, look in OUTCOME_STYLE.items():
        lines = ""
        if look.hatch:
            width = 2.2 if look.hatch[0] == "." else 1.1
            lines = (
                f'<path d="{_HATCHES[look.hatch[0]]}" stroke="{outcome_edge(name)}" stroke-width="{width}"'
                ' stroke-linecap="round" fill="none"/>'
            )
        tiles.append(
            f'<pattern id="fill-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{look.colour}"/>{lines}</pattern>'
        )
    # Built from our own table only.
    return Markup(
        '<svg class="unseen" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        + "".join(tiles)
        + "</defs></svg>"
    )


def _block(values: dict[str, str], scheme: str = "") -> str:
    said = f"color-scheme:{scheme};" if scheme else ""
    return said + "".join(f"--{name}:{value};" for name, value in values.items())
