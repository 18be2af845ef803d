"""A finished figure on dark paper: every colour changed by one rule, whatever figure it is.

A colour is a mixture of white, black and a hue.  On dark paper the paper takes the place of white and
light ink that of black, in the same proportions: what was pale stays close to the paper, and what stood
out still does.  The colours of the endings stay what they are, so that a reader finds them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import Collection
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from numpy.typing import NDArray

from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, SIDE_STYLE, THEMES

__all__ = ["darken", "on_dark"]

_DARK: Final = THEMES["dark"]
_SAME: Final = {
    "#ffffff": _DARK.paper, "#000000": _DARK.ink, INK.lower(): _DARK.ink, QUIET.lower(): _DARK.quiet,
}  # fmt: skip
# Colours whose tints and shades become tints towards the paper and shades towards the ink.
_KNOWN: Final = {look.colour: look.colour for look in OUTCOME_STYLE.values()} | {
    SIDE_STYLE[0].colour: _DARK.first,
}
_NEAR: Final = 0.006  # colours are rounded to 1/255


def on_dark(colour: Any) -> tuple[float, float, float, float]:
    """What a colour of a figure on white becomes on dark paper: red, green, blue and opacity in 0 … 1."""
    red, green, blue, alpha = to_rgba(colour)
    rgb = np.array([red, green, blue])
    if alpha == 0.0:
        return red, green, blue, alpha
    new = _neutral(rgb)
    new = _tinted(rgb) if new is None else new
    if new is None:
        white, black = float(rgb.min()), 1.0 - float(rgb.max())
        new = np.clip(rgb - white + white * _rgb(_DARK.paper) + black * _rgb(_DARK.ink), 0.0, 1.0)
    return float(new[0]), float(new[1]), float(new[2]), alpha


def darken(sheet: Sheet) -> None:
    """Put a finished figure on dark paper, once; saving it again then gives the dark figure.

    What is drawn over a map of colours (contours and their labels, hatches) stays as it is, with the map.
    """
    if sheet.theme == "dark":
        return
    sheet.freeze()  # ticks and legends are made while drawing
    kept = {id(artist) for axes in sheet.axes for artist in _over_a_map(axes)}
    seen: set[int] = set()
    for artist in [*sheet.findobj(), *_hidden(sheet)]:
        if id(artist) not in seen and id(artist) not in kept:
            _paint(artist)
        seen.add(id(artist))
    sheet.theme = "dark"


def _neutral(rgb: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Paper, ink and the ink of notes."""
    for old, new in _SAME.items():
        if np.abs(rgb - _rgb(old)).max() < _NEAR:
            return _rgb(new)
    return None


def _tinted(rgb: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """A known colour, or its mixture with white or black; None where it is none of these."""
    for old, new in _KNOWN.items():
        for end, towards in ((1.0, _DARK.paper), (0.0, _DARK.ink)):
            way = _rgb(old) - end
            strength = float((rgb - end) @ way / (way @ way))
            if 0.05 < strength <= 1.01 and np.abs(end + strength * way - rgb).max() < _NEAR:
                return np.clip(strength * _rgb(new) + (1.0 - strength) * _rgb(towards), 0.0, 1.0)
    return None


def _over_a_map(axes: Axes) -> Iterator[Artist]:
    """Everything inside of axes that show a map of colours, the map included."""
    inside = [*axes.collections, *axes.images]
    if any(_shades(each) is not None and each.cmap.name in matplotlib.colormaps for each in inside):
        yield from [*inside, *axes.lines, *axes.texts, *axes.patches]


def _shades(mappable: ScalarMappable) -> NDArray[np.float64] | None:
    """The numbers that are shown as colours; None where there are none, or colours were given."""
    array = mappable.get_array()
    return None if array is None or array.ndim > 2 else array


def _hidden(sheet: Sheet) -> Iterator[Artist]:
    """What belongs to an artist without being its child: spare ticks, boxes behind words, arrows of notes."""
    for axes in sheet.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for tick in [*axis.majorTicks, *axis.minorTicks]:
                yield from tick.findobj()
    for text in sheet.findobj(Text):
        assert isinstance(text, Text)
        if (box := text.get_bbox_patch()) is not None:
            yield box
        if isinstance(text, Annotation) and text.arrow_patch is not None:
            yield text.arrow_patch


def _paint(artist: Artist) -> None:
    if isinstance(artist, Line2D):
        # All are read before one is set: the colour of a marker may follow that of its line.
        line, edge, face = artist.get_color(), artist.get_markeredgecolor(), artist.get_markerfacecolor()
        artist.set_color(on_dark(line))
        artist.set_markeredgecolor(on_dark(edge))
        artist.set_markerfacecolor(on_dark(face))
    elif isinstance(artist, Text):
        artist.set_color(on_dark(artist.get_color()))
        artist.set_path_effects([_effect(each) for each in artist.get_path_effects()])
    elif isinstance(artist, Patch):
        face, edge = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_facecolor(on_dark(face))
        artist.set_edgecolor(on_dark(edge))
    elif isinstance(artist, Collection):
        array = artist.get_array()
        if _shades(artist) is not None:
            shades = artist.cmap(np.linspace(0.0, 1.0, 256))
            artist.set_cmap(ListedColormap([on_dark(each) for each in shades]))
            return
        if array is not None:
            artist.set_array(np.apply_along_axis(on_dark, -1, array))
            return
        faces, edges = np.array(artist.get_facecolor()), np.array(artist.get_edgecolor())
        artist.set_facecolor([on_dark(each) for each in faces])
        artist.set_edgecolor([on_dark(each) for each in edges])


def _effect(effect: Any) -> Any:
    """The outline of words, in the colour that its paper has now."""
    if not isinstance(effect, withStroke):
        return effect
    drawn = dict(effect._gc)  # type: ignore[attr-defined]
    return withStroke(**drawn | {"foreground": on_dark(drawn["foreground"])})


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array(to_rgba(colour)[:3])
