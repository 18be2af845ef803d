"""The house style: one colour, marker and hatch for each outcome and each side, two sizes, two papers.

Colours are those of Okabe and Ito (2008), which people with any common colour vision tell apart;
grey stands in for their black, and black and blue are kept for the two sides.  Nothing rests on
colour alone: markers, hatches, dashes and words say the same, so a grey print reads as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES

if TYPE_CHECKING:
    from matplotlib.patches import Patch

__all__ = [
    "CLAIM",
    "INK",
    "LOOKS",
    "OUTCOME_STYLE",
    "QUIET",
    "SERIES",
    "SIDE_STYLE",
    "STACK",
    "THEMES",
    "Look",
    "OutcomeStyle",
    "SeriesStyle",
    "SideStyle",
    "Theme",
    "blend",
    "outcome_edge",
    "outcome_patch",
    "rc",
]

CLAIM: Final = "Scenario exploration, not prediction"

INK: Final = "#1a1a1a"
QUIET: Final = "#595959"


@dataclass(frozen=True)
class OutcomeStyle:
    """How one outcome looks, always and everywhere."""

    label: str
    colour: str
    marker: str
    hatch: str


@dataclass(frozen=True)
class SideStyle:
    """How the first and the second side look."""

    colour: str
    marker: str
    dash: str


_LOOKS_OF = {
    "breakdown": ("#D55E00", "X", "xxx"),
    "collapse": ("#E69F00", "v", "\\\\\\"),
    "grand_bargain": ("#009E73", "*", ""),
    "normalised_by_steps": ("#56B4E9", "^", "///"),
    "bargain_under_way": ("#F0E442", "D", "---"),
    "stall": ("#999999", "s", "..."),
    "piecemeal": ("#CC79A7", "o", "|||"),
}

OUTCOME_STYLE: Final[dict[str, OutcomeStyle]] = {
    name: OutcomeStyle(OUTCOME_LABEL[name], *_LOOKS_OF[name]) for name in OUTCOMES
}

STACK: Final[tuple[str, ...]] = (
    "grand_bargain",
    "bargain_under_way",
    "normalised_by_steps",
    "piecemeal",
    "stall",
    "collapse",
    "breakdown",
)
"""Outcomes from the bottom of a stack to its top: from most agreement to least."""

SIDE_STYLE: Final[tuple[SideStyle, SideStyle]] = (
    SideStyle("#0072B2", "o", "-"),
    SideStyle("#000000", "s", "--"),
)


@dataclass(frozen=True)
class SeriesStyle:
    """How one of several lines looks that stand for neither an outcome nor a side."""

    colour: str
    marker: str
    dash: str | tuple[int, tuple[int, ...]]


SERIES: Final[tuple[SeriesStyle, ...]] = (
    SeriesStyle("#0072B2", "o", "-"),
    SeriesStyle("#D55E00", "s", "--"),
    SeriesStyle("#009E73", "^", "-."),
    SeriesStyle("#CC79A7", "D", (0, (1, 1))),
    SeriesStyle("#E69F00", "v", (0, (5, 1))),
    SeriesStyle("#56B4E9", "P", (0, (3, 1, 1, 1, 1, 1))),
)
"""As many lines as one picture can hold."""


@dataclass(frozen=True)
class Look:
    """A size: `width` and `height` in inches, `font`, `line` and the `least` letters in points."""

    name: str
    width: float
    height: float
    font: float
    line: float
    least: float
    dpi: int = 200

    @property
    def small(self) -> float:
        """Font size of ticks, legends and notes, in points."""
        return max(self.font * 0.82, self.least)

    @property
    def tiny(self) -> float:
        """Font size of footers and asides, in points."""
        return max(self.font * 0.75, self.least)

    @property
    def marker(self) -> float:
        """Diameter of an ordinary marker, in points."""
        return self.font * 0.6


LOOKS: Final[dict[str, Look]] = {
    "print": Look("print", 6.5, 4.3, 8.0, 1.2, 6.0),
    "projector": Look("projector", 40 / 3, 7.5, 16.0, 2.4, 14.0),
}
"""`print` fits the text width of a paper, `projector` a 16:9 slide that is read from the last row."""


@dataclass(frozen=True)
class Theme:
    """What a figure is drawn on and with: paper, ink, the ink of notes, and the first side's colour."""

    name: str
    paper: str
    ink: str
    quiet: str
    first: str


THEMES: Final[dict[str, Theme]] = {
    "light": Theme("light", "#ffffff", INK, QUIET, SIDE_STYLE[0].colour),
    "dark": Theme("dark", "#1d1f22", "#f0f0ee", "#b4b6b8", "#5fb4ea"),
}
"""Figures are drawn on `light` paper; `plots.dark.darken` puts a finished one on `dark`."""


def rc(look: Look, theme: Theme = THEMES["light"]) -> dict[str, Any]:
    """The matplotlib settings of the house, fonts that matplotlib ships included."""
    thin = look.line * 0.6
    return {
        "font.family": ["DejaVu Sans"],
        "mathtext.fontset": "dejavusans",
        "text.parse_math": False,  # a dollar in a name is a dollar
        "font.size": look.font,
        "axes.titlesize": look.font,
        "axes.labelsize": look.font,
        "axes.titlelocation": "left",
        "axes.titlepad": look.font * 0.5,
        "axes.labelpad": look.font * 0.4,
        "xtick.labelsize": look.small,
        "ytick.labelsize": look.small,
        "legend.fontsize": look.small,
        "legend.frameon": False,
        "legend.handlelength": 1.8,
        "legend.handleheight": 1.2,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": thin,
        "xtick.major.width": thin,
        "ytick.major.width": thin,
        "xtick.major.size": look.font * 0.35,
        "ytick.major.size": look.font * 0.35,
        "lines.linewidth": look.line,
        "patch.linewidth": thin,
        "hatch.linewidth": look.line * 0.4,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "figure.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "axes.unicode_minus": True,
        "axes.formatter.useoffset": False,
        # Embedded TrueType keeps PDF text searchable; paths pin the look of an SVG everywhere.
        "pdf.fonttype": 42,
        "svg.fonttype": "path",
        # Without a fixed salt every SVG of the same figure differs.
        "svg.hashsalt": "bargain_sim",
    }


def outcome_edge(outcome: str) -> str:
    """Colour of the hatch (and edge) of an outcome: its own, darker."""
    return blend(OUTCOME_STYLE[outcome].colour, 0.62, "black")


def outcome_patch(outcome: str) -> Patch:
    """A swatch for legends."""
    from matplotlib.patches import Patch

    look = OUTCOME_STYLE[outcome]
    return Patch(facecolor=look.colour, edgecolor=outcome_edge(outcome), hatch=look.hatch, lw=0.0)


def blend(colour: str, strength: float, towards: str = "white") -> str:
    """`colour` mixed with `towards`: strength 1 is the colour itself, 0 the other."""
    # By hand: pages take their colours from here, and matplotlib takes half a second to import.
    mixed = (s * strength + t * (1.0 - strength) for s, t in zip(_rgb(colour), _rgb(towards), strict=True))
    return "#" + "".join(f"{round(255 * each):02x}" for each in mixed)


def _rgb(colour: str) -> list[float]:
    digits = {"white": "ffffff", "black": "000000"}.get(colour, colour.removeprefix("#"))
    return [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
