"""The grand bargain: what would be in it, whether both want it, and carrying it out.

Model, "Demands and the grand bargain" and "The move: Bargain".
"""

from __future__ import annotations

from bargain_sim.rules.limits import barred, requirements_met, units_left, whole_units
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.trust import cautious_trust

SLACK = 1e-6  # points: more than sums of floats can be apart


def institutions_stand(terms: Terms, state: State) -> bool:
    """Whether every institution (an embassy, an envoy) has been delivered in full."""
    return state.n_standing[0] == terms.n_institutions[0]


def points_to_come(terms: Terms, state: State, giver: int) -> float:
    """Points of the package that `giver` has still to deliver."""
    points = 0.0
    for c in range(terms.span[giver], terms.span[giver + 1]):
        if state.package[c] == 1:
            points += terms.value[c] * (1.0 - state.delivered[c])
    return points


def cost_to_come(terms: Terms, state: State, giver: int) -> float:
    """What delivering the rest of its part of the package costs `giver`, at today's costs."""
    cost = 0.0
    for c in range(terms.span[giver], terms.span[giver + 1]):
        if state.package[c] == 1:
            cost += state.cost[c] * (1.0 - state.delivered[c])
    return cost


def net_worth(terms: Terms, state: State, i: int) -> float:
    """Side i's net of the package: T⁻·(points to come + B) − cost of what it gives.

    Once the other has delivered all of its part, B hangs on side i alone and is not discounted:
    otherwise the last to deliver would renege on what only its own delivery can bring.
    """
    to_come = points_to_come(terms, state, 1 - i)
    if to_come <= 0.0:
        return terms.bonus[i] - cost_to_come(terms, state, i)
    hoped = to_come + terms.bonus[i]
    return cautious_trust(terms, state, i) * hoped - cost_to_come(terms, state, i)


def drop_orphans(terms: Terms, state: State) -> None:
    """Strike from the package what requires something neither delivered nor in it."""
    spread = True
    while spread:
        spread = False
        for c in range(terms.span[2]):
            if state.package[c] == 0:
                continue
            for k in range(terms.requires_from[c], terms.requires_from[c + 1]):
                needed = terms.requires[k]
                if state.package[needed] == 0 and state.delivered[needed] < 1.0:
                    state.package[c] = 0
                    spread = True


def strike_dearest(terms: Terms, state: State, i: int) -> bool:
    """Take side i's concession with the most cost per point out; false if it has none in."""
    k = terms.span[i + 1] - 1
    while k >= terms.span[i]:
        c = state.order[k]
        if state.package[c] == 1:
            state.package[c] = 0
            drop_orphans(terms, state)
            return True
        k -= 1
    return False


def out_of_reach(terms: Terms, state: State) -> bool:
    """Whether some side would not be content even if it got all that is left and gave nothing for it.

    A bound that spares the search: striking concessions never raises what a side can hope for.
    """
    for i in range(2):
        j = 1 - i
        hoped = terms.total[j] - state.given[j] + terms.bonus[i] + SLACK
        if cautious_trust(terms, state, i) * hoped < terms.outside_option[i]:
            return True
    return False


def propose_everything(terms: Terms, state: State) -> None:
    """The package with which the search begins: all that is undelivered and crosses no red line."""
    for c in range(terms.span[2]):
        state.package[c] = 0
        if state.delivered[c] < 1.0 and not barred(terms, state, c):
            state.package[c] = 1
    drop_orphans(terms, state)


def find_package(terms: Terms, state: State) -> bool:
    """Look for a package both sides want; it is left in `state.package`, empty if there is none."""
    if out_of_reach(terms, state):
        return False
    propose_everything(terms, state)
    while True:
        content0 = net_worth(terms, state, 0) >= terms.outside_option[0]
        content1 = net_worth(terms, state, 1) >= terms.outside_option[1]
        if content0 and content1:
            break
        if not content0 and not content1:
            clear_package(terms, state)
            return False
        unhappy = 0
        if content0:
            unhappy = 1
        if not strike_dearest(terms, state, unhappy):
            clear_package(terms, state)
            return False
    return given_by_both(terms, state)


def given_by_both(terms: Terms, state: State) -> bool:
    """Whether both sides have something to give in the package; if not, there is none."""
    for i in range(2):
        state.package_total[i] = points_to_come(terms, state, i)
    if state.package_total[0] > 0.0 and state.package_total[1] > 0.0:
        return True
    clear_package(terms, state)
    return False


def clear_package(terms: Terms, state: State) -> None:
    """No package: nothing is in it."""
    for c in range(terms.span[2]):
        state.package[c] = 0
    for i in range(2):
        state.package_total[i] = 0.0


def delivered_share(terms: Terms, state: State, i: int) -> float:
    """Share of its part of the package that side i has delivered."""
    return 1.0 - points_to_come(terms, state, i) / state.package_total[i]


def held_up(terms: Terms, state: State, i: int) -> bool:
    """Whether side i has parts of the package left, but none that it could announce before the other.

    A part that waits for a shortfall of side i itself does not count: making that good will free it.
    """
    waiting = False
    for c in range(terms.span[i], terms.span[i + 1]):
        if state.package[c] == 0 or units_left(terms, state, c) <= 0 or barred(terms, state, c):
            continue
        if requirements_met(terms, state, c):
            return False
        for k in range(terms.requires_from[c], terms.requires_from[c + 1]):
            needed = terms.requires[k]
            if terms.giver[needed] == i and state.short[needed] > 0.0:
                return False
        waiting = True
    return waiting


def reneges(terms: Terms, state: State, i: int) -> bool:
    """Whether what is still to come is worth less to side i than what it still owes."""
    return net_worth(terms, state, i) < 0.0


def complete(terms: Terms, state: State) -> bool:
    """Whether everything in the package has been delivered."""
    for c in range(terms.span[2]):
        if state.package[c] == 1 and state.delivered[c] < 1.0:
            return False
    return True


def choose_tranche(terms: Terms, state: State, i: int) -> float:
    """Choose whole units of the package worth `tranche` points, or one unit; returns the points."""
    announced = 0.0
    for k in range(terms.span[i], terms.span[i + 1]):
        c = state.order[k]
        if state.package[c] == 0 or barred(terms, state, c):
            continue
        left = units_left(terms, state, c)
        if left <= 0 or not requirements_met(terms, state, c):
            continue
        unit = terms.unit[c]
        n = whole_units(terms.tranche[i] - announced, unit, left)
        if n == 0 and announced == 0.0:
            n = 1
        if n > 0:
            state.chosen[c] = n
            announced += n * unit
    return announced
