"""Advice to a person, in sentences: only what follows from what its side may see."""

from __future__ import annotations

from bargain_sim.table.options import Options
from bargain_sim.table.views import Mine, OnTheTable, Theirs, View

__all__ = ["hints"]


def hints(view: View, options: Options) -> list[str]:
    """What to think of now, most pressing first; one sentence at least."""
    if view.over:
        return ["It is over; the debrief tells what each side got, and what was left on the table."]
    found: list[str] = []
    if view.offer is not None and view.offer.by == "they":
        found.append(_offer(view, view.offer))
    if view.mode == "bargain" and view.package is not None:
        found.append(_package(view, view.package))
    short = [each.label for each in view.gives if each.short > 0.0]
    if short:
        found.append(
            f"You still owe part of {' and '.join(f'“{each}”' for each in short)}: making it good wins back "
            "some of the trust that the shortfall cost you."
        )
    if view.mode == "paused":
        found.append(_pause(options))
    if view.mode == "talks":
        found += _talks(view, options)
    if view.promises:
        found.append(
            f"{view.other_label} delivered {view.kept} of the {view.promises} announcements you have seen in "
            f"full on the day; your trust stands at {view.trust:.2f}."
        )
    if not options.your_turn:
        found.append(f"It is {view.other_label}'s turn.")
    return found or ["Nothing presses. What you give shows the other what your word is worth."]


def _offer(view: View, offer: OnTheTable) -> str:
    hoped = view.cautious_trust * (offer.worth + view.bonus)
    net = hoped - offer.cost
    verdict = "more" if net >= view.outside_option else "less"
    return (
        f"On the table: {offer.worth:.1f} points for a cost of {offer.cost:.1f}, and {view.bonus:g} on top "
        f"if all of it is carried out. At cautious trust ({view.cautious_trust:.2f}) that is a net of "
        f"{net:.1f}, {verdict} than the {view.outside_option:g} you have without it."
    )


def _package(view: View, package: OnTheTable) -> str:
    if package.cost <= 0.0:
        return "You have delivered all of your part of the package; wait for the other's."
    return (
        f"Of the package {package.worth:.1f} points are still to come, and yours still costs "
        f"{package.cost:.1f}; completed, it brings {view.bonus:g} on top. Deliver in step: who has got "
        "all it hoped for may find what it still owes too dear."
    )


def _pause(options: Options) -> str:
    if "resume" in options.dialogue:
        return "The talks are paused: you may resume them, or first send a sign by a status good."
    return "The talks have just been paused; in this turn only status goods may be given."


def _talks(view: View, options: Options) -> list[str]:
    found = []
    sheet: tuple[Mine | Theirs, ...] = (*view.gives, *view.receives)
    missing = [each for each in sheet if each.institution and not _stands(each)]
    if missing:
        named = " and ".join(f"“{each.label}”" for each in missing)
        verb = "has" if len(missing) == 1 else "have"
        found.append(
            f"Before a package can be struck, {named} {verb} to stand. {_way(view, missing)}".strip()
        )
    elif options.package:
        found.append("All institutions stand: you may propose a package of what both can still give.")
    cheap = min(
        (each for each in options.gives if each.units > 0),
        key=lambda each: each.points / each.units,
        default=None,
    )
    if cheap is not None:
        found.append(
            f"Your cheapest step now is “{cheap.label}”, at {cheap.points / cheap.units:.2g} points a unit."
        )
    return found


def _stands(each: Mine | Theirs) -> bool:
    if isinstance(each, Mine):
        return each.announced >= each.units and each.short <= 0.0
    return each.delivered + each.unseen >= each.units


def _way(view: View, missing: list[Mine | Theirs]) -> str:
    """What of the own sheet is still needed on the way there."""
    lines: tuple[Mine | Theirs, ...] = (*view.gives, *view.receives)
    sheet = {each.concession: each for each in lines}
    needed = [each.concession for each in missing]
    for name in needed:
        needed += [other for other in sheet[name].requires if other not in needed]
    yours = [
        each.label for name in reversed(needed) if isinstance(each := sheet[name], Mine) and not _stands(each)
    ]
    if not yours:
        return "All that it takes is the other's to give."
    return f"Of yours that takes {' and '.join(f'“{each}”' for each in yours)}."
