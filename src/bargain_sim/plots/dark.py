"""A figure for dark slides and pages: the same drawing, its colours turned for a dark ground.

Every colour is a hue with some white and some black mixed in.  Turned, its white becomes the dark ground
and its black the light ink (the less, the stronger the hue); the hue stays.  So what stood out from white
paper stands out from the ground, a pale band stays weaker than its line, and grey keeps its order.  What
would be too faint is made lighter.  Maps in one of matplotlib's own colour scales stay as they are, with
all that lies on them: these scales are made for any ground.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

import numpy as np
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import Colormap, ListedColormap, to_hex, to_rgba, to_rgba_array
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from numpy.typing import NDArray

from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import INK, rc

Floats = NDArray[np.float64]

__all__ = ["GROUND", "darken", "turned"]

GROUND: Final = "#14171a"
_INK: Final = "#f2f2f2"
_CHROMA: Final = 0.3  # from here on a colour carries meaning and must be seen
_CONTRAST: Final = 3.2  # of a meaningful colour to the ground (WCAG asks 3 of graphics)


def darken(sheet: Sheet) -> Sheet:
    """Turn every colour of `sheet`, in place, once; the caption stays.  Returns the sheet."""
    if sheet.turned:
        return sheet
    sheet.settle()  # what is made while drawing is there now
    sheet.turned = {key: turned(value) for key, value in rc(sheet.look).items() if key.endswith("color")}
    for artist in _everything(sheet):
        _turn(artist)
    return sheet


def turned(colour: Any) -> str:
    """One colour for the dark ground; its opacity stays."""
    rgba = np.array(to_rgba(colour))
    return to_hex(cast("Any", tuple(_turned(rgba[None, :])[0])), keep_alpha=True)


def _turned(rgba: Floats) -> Floats:
    """Colours of the shape (n, 4), turned."""
    rgb = rgba[:, :3]
    white, black = rgb.min(axis=1, keepdims=True), 1.0 - rgb.max(axis=1, keepdims=True)
    ground, ink = np.array(to_rgba(GROUND)[:3]), np.array(to_rgba(_INK)[:3])
    chroma = np.ptp(rgb, axis=1)
    found = (rgb - white) + white * ground + black * (1.0 - chroma[:, None]) * ink
    for _ in range(20):
        faint = (chroma >= _CHROMA) & (_contrast(found) < _CONTRAST)
        if not faint.any():
            break
        found[faint] += 0.1 * (ink - found[faint])
    return np.concatenate([np.clip(found, 0.0, 1.0), rgba[:, 3:]], axis=1)


def _contrast(rgb: Floats) -> Floats:
    """Of each colour to the ground, as WCAG counts it."""

    def light(values: Floats) -> Floats:
        linear = np.where(values <= 0.03928, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4)
        found: Floats = linear @ np.array([0.2126, 0.7152, 0.0722])
        return found

    found: Floats = (light(rgb) + 0.05) / (light(np.array(to_rgba(GROUND)[:3])) + 0.05)
    return found


def _everything(sheet: Sheet) -> Iterable[Artist]:
    """Every artist once that is to be turned, those that are no children of any other included."""
    seen: dict[int, Artist] = {}
    left = {id(artist) for axes in sheet.axes if _is_map(axes) for artist in (*axes.collections, *axes.texts)}
    for artist in sheet.findobj():
        if id(artist) in left:
            continue
        seen[id(artist)] = artist
        if isinstance(artist, Text) and (box := artist.get_bbox_patch()) is not None:
            seen[id(box)] = cast("Artist", box)
        if isinstance(artist, Annotation) and artist.arrow_patch is not None:
            seen[id(artist.arrow_patch)] = artist.arrow_patch
    return list(seen.values())


def _is_map(axes: Axes) -> bool:
    """Whether values are shown there in one of matplotlib's own scales."""
    return any(
        isinstance(mesh, QuadMesh) and _is_scale(mesh.get_array()) and mesh.get_cmap().name in colormaps
        for mesh in axes.collections
    )


def _is_scale(values: Any) -> bool:
    """Whether these are values to be looked up in a scale, not colours."""
    return values is not None and np.ndim(values) < 3


def _turn(artist: Artist) -> None:
    if isinstance(artist, Text):
        artist.set_color(turned(artist.get_color()))
    elif isinstance(artist, Line2D):
        for name in ("color", "markerfacecolor", "markeredgecolor"):
            value = getattr(artist, f"get_{name}")()
            if not isinstance(value, str) or value.lower() not in ("none", "auto"):
                getattr(artist, f"set_{name}")(turned(value))
    elif isinstance(artist, Patch):
        face, edge, hatch = artist.get_facecolor(), artist.get_edgecolor(), artist.get_hatchcolor()
        artist.set_facecolor(_or_none(face))
        artist.set_edgecolor(_or_none(edge))
        artist.set_hatchcolor(turned(hatch))
    elif isinstance(artist, Collection | AxesImage):
        _turn_mapped(artist)
    elif isinstance(artist, Axes):
        for axis in ("x", "y"):
            artist.tick_params(axis=cast("Any", axis), which="both", **_ticks())
    for effect in artist.get_path_effects() or ():
        if isinstance(effect, withStroke) and "foreground" in effect._gc:  # type: ignore[attr-defined]
            effect._gc["foreground"] = turned(effect._gc["foreground"])  # type: ignore[attr-defined]


def _ticks() -> dict[str, str]:
    return {"color": turned(INK), "labelcolor": turned(INK)}


def _turn_mapped(artist: Collection | AxesImage) -> None:
    """A collection or an image: its scale where values are shown, else its colours."""
    values = artist.get_array()
    if _is_scale(values):
        artist.set_cmap(_turned_map(artist.get_cmap()))
    elif values is not None:  # a colour for every cell
        colours = np.asarray(values, dtype=np.float64)
        flat = to_rgba_array(colours.reshape(-1, colours.shape[-1]))
        found = _turned(flat).reshape((*colours.shape[:2], 4))
        if isinstance(artist, AxesImage):
            artist.set_data(found)
        else:
            artist.set_array(found)
    elif isinstance(artist, Collection):
        artist.set_facecolor(_all(artist.get_facecolor()))
        artist.set_edgecolor(_all(artist.get_edgecolor()))


def _turned_map(colours: Colormap) -> ListedColormap:
    return ListedColormap(_turned(colours(np.linspace(0.0, 1.0, 256))), name=f"{colours.name}_dark")


def _all(colours: Any) -> Any:
    if isinstance(colours, str):  # none, or the same as the face
        return colours
    found = to_rgba_array(colours)
    return _turned(found) if len(found) else found


def _or_none(colour: Any) -> Any:
    """Turned, unless it cannot be seen at all."""
    return colour if to_rgba(colour)[3] == 0.0 else turned(colour)
