"""Drawn figures as data for a page: in groups, each with its caption, on light and on dark paper."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from bargain_sim.store.captions import read_captions

__all__ = ["Group", "Picture", "grouped"]

# Headings, and how the names of their figures begin.  What begins otherwise comes last.
_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("How the talks end", ("outcome_", "bargain_map", "tipping")),
    ("How long it takes", ("deal_time", "survival", "incidence")),
    ("What the sides end up with", ("utility", "value_left", "ridgeline", "solutions")),
    ("How trust develops", ("trust",)),
    ("What drives it", ("sensitivity", "sobol", "morris", "pawn", "tornado", "prim", "tree", "scenario")),
)
_OTHERS: Final = "Further figures"


@dataclass(frozen=True)
class Picture:
    """A figure: its caption, the addresses of its two pictures (data of their own), its size in pixels."""

    name: str
    caption: str
    light: str
    dark: str
    width: int
    height: int


@dataclass(frozen=True)
class Group:
    """Figures under one heading."""

    heading: str
    pictures: tuple[Picture, ...]

    @property
    def anchor(self) -> str:
        """The heading as the end of a link."""
        return "figures-" + self.heading.lower().replace(" ", "-")


def grouped(folder: Path) -> list[Group]:
    """The figures that were drawn into `folder`, in the order of its captions, under their headings."""
    found: dict[str, list[Picture]] = {heading: [] for heading in (*(h for h, _ in _GROUPS), _OTHERS)}
    for name, caption in read_captions(folder).items():
        heading = next((h for h, starts in _GROUPS if name.startswith(starts)), _OTHERS)
        found[heading].append(_picture(folder, name, caption))
    return [Group(heading, tuple(pictures)) for heading, pictures in found.items() if pictures]


def _picture(folder: Path, name: str, caption: str) -> Picture:
    light, size = _data(folder / f"{name}.png")
    dark, _ = _data(folder / f"{name}_dark.png")
    return Picture(name, caption, light, dark, *size)


def _data(path: Path) -> tuple[str, tuple[int, int]]:
    """A picture as a `data:` address, in 256 colours: a third of the bytes, and the eye does not see it."""
    from PIL import Image

    with Image.open(path) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    written = BytesIO()
    few.save(written, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}", few.size
