"""One side of the negotiation: how it trusts, moves, delivers, waits and walks out.

The table of parameters is here once; packing, documentation, `bargain sources` and the
sensitivity runs read it from the fields.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from bargain_sim.scenario.quantity import Block, Quantity, Source, fault, number

__all__ = ["RedLine", "Side"]


class RedLine(Block):
    """Something a side will not give: never (`hard`), or only at an extra cost (`soft`)."""

    kind: Literal["hard", "soft"] = Field(description="hard: never; soft: at an extra cost")
    severity: Quantity | None = number(
        "points", "extra cost of crossing a soft red line, times the side's firmness",
        0, 1e6, optional=True,
    )  # fmt: skip
    source: Source = Field(description="where the red line is stated")

    @model_validator(mode="after")
    def _soft_ones_have_a_price(self) -> RedLine:
        if self.kind == "soft" and self.severity is None:
            raise fault(
                "kind", "a soft red line needs a `severity`",
                "Write `severity: {value: …, source: …}`, or make it `kind: hard`",
            )  # fmt: skip
        if self.kind == "hard" and self.severity is not None:
            raise fault("severity", "a hard red line has no price", "Take `severity` out, or make it soft")
        return self


class Side(Block):
    """One side: its strategy, its parameters (each a number with its source) and its red lines."""

    label: str = Field(description="the side's name, as people read it")
    strategy: str = Field(description="how large a step it takes: the name of a strategy")
    snapback: bool = Field(
        default=False,
        description="takes back its reversible concessions on collapse or breakdown",
    )
    red_lines: dict[str, RedLine] = Field(
        default_factory=dict, description="tag of concessions → how firmly they are refused"
    )

    # How it forms trust.
    initial_trust: Quantity = number(
        "probability", "chance it gives, at the start, to the other delivering what it announces",
        0, 1, symbol="T₀", studied=(0.2, 0.6), start=0.4, stands_on="S11",
    )  # fmt: skip
    prior_strength: Quantity = number(
        "full-weight moves", "how much evidence the initial trust is worth",
        0, 1000, symbol="n₀", studied=(2, 10), start=4, above=True,
    )  # fmt: skip
    negativity: Quantity = number(
        "ratio", "weight of bad news over good news",
        0, 100, symbol="λ", studied=(1, 4), start=2, stands_on="seeds/literature/brown_2024",
    )  # fmt: skip
    evidence_kept: Quantity = number(
        "share a turn", "evidence that is kept from one turn to the next",
        0, 1, symbol="ρ", studied=(0.90, 1), start=0.98,
    )  # fmt: skip
    full_weight: Quantity = number(
        "points", "announced size from which a move counts as full evidence",
        0, 1e6, symbol="w₀", studied=(1, 20), start=5, above=True,
    )  # fmt: skip
    lag: Quantity = number(
        "own turns", "after how many of its own turns it sees whether a move was delivered",
        1, 50, symbol="ℓ", studied=(1, 4), start=1, whole=True, stands_on="seeds/events/16",
    )  # fmt: skip
    correction_credit: Quantity = number(
        "ratio", "evidence regained when a shortfall is made good",
        0, 1, symbol="η", studied=(0, 1), start=0.5, stands_on="S33",
    )  # fmt: skip
    slight: Quantity = number(
        "full-weight moves", "evidence against the other when it demands what this side will not give",
        0, 1000, symbol="h", studied=(0.5, 2), start=1, stands_on="S30",
    )  # fmt: skip
    caution: Quantity = number(
        "standard deviations", "how far below its trust it reckons when it weighs a package",
        0, 100, symbol="z", studied=(0, 3), start=1.3,
    )  # fmt: skip

    # How large its steps are.
    reciprocity: Quantity = number(
        "ratio", "how strongly it answers what it perceives of the other's last step",
        0, 10, symbol="r", studied=(0, 1), start=0.6, stands_on="seeds/literature/druckman_harris_1990",
    )  # fmt: skip
    initiative: Quantity = number(
        "points a turn", "step it takes of its own accord at full trust",
        0, 1000, symbol="k₀", studied=(0, 10), start=2, stands_on="seeds/literature/osgood_1962",
    )  # fmt: skip
    trust_threshold: Quantity = number(
        "probability", "trust below which it takes no initiative",
        0, 1, symbol="τ", studied=(0.2, 0.5), start=0.25, below=True,
        stands_on="seeds/literature/kydd_2005",
    )  # fmt: skip
    opening: Quantity = number(
        "points", "size of an opening step, and of what it at first supposes of the other",
        0, 1e6, studied=(0, 5), start=1, stands_on="seeds/literature/osgood_1962",
    )  # fmt: skip
    max_step: Quantity = number(
        "points", "largest step in one turn", 0, 1e9, symbol="x_max", studied=(5, 40), start=20
    )
    generosity: Quantity = number(
        "share", "part of a shortfall that it overlooks",
        0, 1, symbol="g", studied=(0, 0.67), start=0.2, stands_on="seeds/literature/molander_1985",
    )  # fmt: skip
    inverse_response: Quantity = number(
        "ratio", "`signed`: how strongly distrust makes it step back; "
        "`boulware`, `linear`, `conceder`: share it would give at once",
        0, 1, symbol="κ", studied=(0, 1), start=0.3,
        stands_on="seeds/literature/goldstein_pevehouse_1997",
    )  # fmt: skip
    pace: Quantity = number(
        "exponent", "how far from even `boulware` and `conceder` are: β is this or its inverse",
        0, 100, symbol="β", studied=(1, 5), start=4, above=True,
        stands_on="seeds/literature/faratin_1998",
    )  # fmt: skip
    grit_turns: Quantity = number(
        "own turns", "`grit`: initiatives it keeps up without an answer",
        0, 1000, symbol="n", studied=(1, 8), start=3, whole=True,
        stands_on="seeds/literature/osgood_1962",
    )  # fmt: skip
    memory: Quantity = number(
        "ratio", "what is left of the other's perceived last step after one silent turn",
        0, 1, studied=(0, 1), start=0.7,
    )  # fmt: skip

    # What limits its moves.
    exposure: Quantity = number(
        "points", "how far, at full trust, it lets what it gave run ahead of what it received",
        0, 1e9, symbol="E", studied=(0, 60), start=15, stands_on="seeds/literature/watson_1999",
    )  # fmt: skip
    max_readiness: Quantity = number(
        "points", "how much readiness it can save up for one big move",
        0, 1e9, symbol="R_max", studied=(20, 100), start=40,
    )  # fmt: skip
    firmness: Quantity = number(
        "ratio", "multiplies the severity of its soft red lines",
        0, 1e6, symbol="μ", studied=(0, 4), start=1,
    )  # fmt: skip

    # How it delivers.
    reliability: Quantity = number(
        "probability", "chance that a move is delivered in full",
        0, 1, studied=(0.3, 1), start=0.75, stands_on="S28",
    )  # fmt: skip
    shortfall_floor: Quantity = number(
        "share", "least share delivered when a move falls short but is no sham",
        0, 1, symbol="φ_min", studied=(0, 1), start=0.3,
    )  # fmt: skip
    sham: Quantity = number(
        "probability", "chance that a move that falls short delivers nothing at all",
        0, 1, studied=(0, 1), start=0,
    )  # fmt: skip
    correction: Quantity = number(
        "chance a turn", "hazard with which it makes a shortfall good",
        0, 1, symbol="q", studied=(0, 0.5), start=0.2, stands_on="seeds/events/16",
    )  # fmt: skip
    tranche: Quantity = number(
        "points", "how much of an agreed package it delivers in one turn",
        0, 1e9, studied=(2, 40), start=10,
    )  # fmt: skip

    # What it demands and what it would accept.
    ambition: Quantity = number(
        "chance a turn", "chance of demanding what the other will not give, halved by every rebuff",
        0, 1, studied=(0, 0.5), start=0.1, stands_on="S30",
    )  # fmt: skip
    outside_option: Quantity = number(
        "points", "what a package must be worth to it, net of its cost",
        0, 1e9, studied=(0, 24), start=8,
    )  # fmt: skip
    bonus: Quantity = number(
        "points", "worth of a completed grand bargain beyond its parts",
        0, 1e9, symbol="B", studied=(0, 40), start=15,
    )  # fmt: skip

    # When it waits and when it walks out.
    patience: Quantity = number(
        "turns", "idle turns in a row after which it lets talks pause",
        1, 1e6, studied=(2, 8), start=4, whole=True, stands_on="seeds/events/15",
    )  # fmt: skip
    doubt: Quantity = number(
        "probability", "fall in its trust between own turns that makes it pause talks",
        0, 1, studied=(0.01, 0.2), start=0.05, stands_on="seeds/events/12",
    )  # fmt: skip
    resume: Quantity = number(
        "chance a turn", "hazard with which it takes paused talks up again",
        0, 1, studied=(0, 1), start=0.25, stands_on="seeds/events/15",
    )  # fmt: skip
    abandon: Quantity = number(
        "chance a turn", "hazard with which it gives paused talks up for good",
        0, 1, studied=(0, 0.1), start=0.01,
    )  # fmt: skip
    break_trust: Quantity = number(
        "probability", "trust below which it thinks of walking out",
        0, 1, studied=(0.05, 0.3), start=0.15,
    )  # fmt: skip
    break_turns: Quantity = number(
        "own turns", "own turns in a row below that trust after which it walks out",
        1, 1e6, studied=(1, 6), start=3, whole=True,
    )  # fmt: skip
