"""Drawn figures as data for a page: in groups, each with its caption, on light and on dark paper."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from bargain_sim.store.captions import read_captions

_TALL: Final = 0.7  # a plain sheet has 0.66

__all__ = ["Group", "Picture", "grouped"]

# Headings, and how the names of their figures begin.  What begins otherwise comes last.
_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("How the talks end", ("outcome_", "bargain_map", "tipping")),
    ("How long it takes", ("deal_time", "survival")),
    ("What the sides end up with", ("utilit", "solutions")),
    ("How a negotiation goes", ("trust", "dance")),
    ("What drives it", ("sobol", "morris", "pawn", "tornado", "interactions", "map_", "prim", "cart")),
)
_OTHERS: Final = "Further figures"


@dataclass(frozen=True)
class Picture:
    """A figure: its caption, `data:` of its pictures on light and dark paper (or empty), size in pixels."""

    name: str
    caption: str
    light: str
    dark: str
    width: int
    height: int

    @property
    def tall(self) -> bool:
        """Whether it has rows of panels: made as low as a plain figure, its words could not be read."""
        return self.height > _TALL * self.width


@dataclass(frozen=True)
class Group:
    """Figures under one heading."""

    heading: str
    pictures: tuple[Picture, ...]

    @property
    def anchor(self) -> str:
        """The heading as the end of a link."""
        return "figures-" + self.heading.lower().replace(" ", "-")


def grouped(*folders: Path) -> list[Group]:
    """The figures that lie in `folders`, in the order of their captions, under their headings.

    Where several folders have one of the same name, the first one's is taken.
    """
    found: dict[str, list[Picture]] = {heading: [] for heading in (*(h for h, _ in _GROUPS), _OTHERS)}
    seen: set[str] = set()
    for folder in folders:
        for name, caption in read_captions(folder).items():
            if name in seen or not (folder / f"{name}.png").is_file():
                continue
            seen.add(name)
            heading = next((h for h, starts in _GROUPS if name.startswith(starts)), _OTHERS)
            found[heading].append(_picture(folder, name, caption))
    return [Group(heading, tuple(pictures)) for heading, pictures in found.items() if pictures]


def _picture(folder: Path, name: str, caption: str) -> Picture:
    light, size = _data(folder / f"{name}.png")
    other = folder / f"{name}_dark.png"
    dark = _data(other)[0] if other.is_file() else ""
    return Picture(name, caption, light, dark, *size)


def _data(path: Path) -> tuple[str, tuple[int, int]]:
    """A picture as a `data:` address, in 256 colours: a third of the bytes, and the eye does not see it."""
    from PIL import Image

    with Image.open(path) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    written = BytesIO()
    few.save(written, "PNG")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}", few.size
