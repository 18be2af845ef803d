/* The rules of one negotiation, translated by hand from bargain_sim/rules.
 *
 * Kept in the order and with the names of the Python text, so that the two can be read side by side.
 * Every sum is taken in the same order: results are equal bit for bit (compile with
 * -ffp-contract=off).  TERMS and STATE are structs whose members are the fields of rules.state, with
 * the lengths of one scenario (layout.h is generated).
 */
#ifndef RULES_H
#define RULES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "layout.h"

#ifndef RULE
#define RULE static inline
#endif

/* rules/trust.py ---------------------------------------------------------------------------- */

RULE double trust(const State *s, int i) { return s->kept[i] / (s->kept[i] + s->broken[i]); }

RULE double cautious_trust(const Terms *t, const State *s, int i) {
    double a = s->kept[i], b = s->broken[i], n = a + b;
    double low = a / n - t->caution[i] * sqrt(a * b / (n * n * (n + 1.0)));
    return low < 0.0 ? 0.0 : low;
}

RULE double weight_of(const Terms *t, int i, double announced) {
    return announced >= t->full_weight[i] ? 1.0 : announced / t->full_weight[i];
}

RULE void verify(const Terms *t, State *s, int i, int64_t now) {
    int64_t seen = now - (2 * t->lag[i] - 1);
    if (seen < 0) return;
    double announced = s->announced[seen];
    if (announced <= 0.0) {
        if (s->forced[seen] == 0) {
            s->unanswered[i] += 1;
            s->last_delivered[i] = 0.0;
        }
        s->perceived[i] *= t->memory[i];
        return;
    }
    double d = s->fraction[seen], w = weight_of(t, i, announced);
    s->kept[i] += w * d;
    s->broken[i] += t->negativity[i] * w * (1.0 - d);
    s->perceived[i] = announced * (1.0 - (1.0 - t->generosity[i]) * (1.0 - d));
    s->last_delivered[i] = announced * d;
    s->received[i] += announced * d;
    s->unanswered[i] = 0;
}

RULE void fade(const Terms *t, State *s) {
    for (int i = 0; i < 2; i++) {
        double a0 = t->prior_kept[i], b0 = t->prior_broken[i], rho = t->evidence_kept[i];
        s->kept[i] = a0 + rho * (s->kept[i] - a0);
        s->broken[i] = b0 + rho * (s->broken[i] - b0);
    }
}

RULE void make_good(const Terms *t, State *s, int c) {
    int i = (int)t->giver[c], j = 1 - i;
    double points = s->short_[c] * t->value[c], price = s->short_[c] * s->cost[c];
    s->short_[c] = 0.0;
    s->n_short[0] -= 1;
    s->delivered[c] = (double)s->announced_units[c] / (double)t->units[c];
    if (t->institution[c] == 1 && s->delivered[c] >= 1.0) s->n_standing[0] += 1;
    s->given[i] += points;
    s->received[j] += points;
    s->paid[i] += price;
    s->paid_for[c] += price;
    s->kept[j] += t->correction_credit[j] * s->credit[c];
    s->credit[c] = 0.0;
    s->corrected[c] = 1;
    s->marked[0] = 1;
    s->n_corrections[0] += 1;
}

RULE void make_corrections(const Terms *t, State *s, double u, int64_t now) {
    if (s->n_short[0] == 0) return;
    for (int c = 0; c < CONCESSIONS; c++) {
        if (s->short_[c] <= 0.0) continue;
        if (now <= s->short_from[c] + 2 * t->lag[1 - t->giver[c]] - 1) continue;
        double place = u + t->rotation[c];
        if (place >= 1.0) place -= 1.0;
        if (place < t->correction[t->giver[c]]) make_good(t, s, c);
    }
}

/* rules/limits.py --------------------------------------------------------------------------- */

RULE bool barred(const Terms *t, const State *s, int c) {
    return t->closed[c] == 1 || (t->soft[c] == 1 && s->cost[c] > t->value[c]);
}

RULE bool requirements_met(const Terms *t, const State *s, int c) {
    for (int64_t k = t->requires_from[c]; k < t->requires_from[c + 1]; k++)
        if (s->delivered[t->requires[k]] < 1.0) return false;
    return true;
}

RULE int64_t units_left(const Terms *t, const State *s, int c) {
    return t->units[c] - s->announced_units[c];
}

RULE int64_t whole_units(double points, double unit, int64_t left) {
    if (points < unit) return 0;
    if (points >= unit * (double)left) return left;
    return (int64_t)(points / unit);
}

RULE double exposure_left(const Terms *t, const State *s, int i) {
    return t->exposure[i] * trust(s, i) - (s->given[i] - s->received[i]);
}

RULE bool may_be_announced(const Terms *t, const State *s, int c) {
    if (units_left(t, s, c) <= 0 || barred(t, s, c)) return false;
    if (s->mode[0] == PAUSED && t->status[c] == 0) return false;
    return requirements_met(t, s, c);
}

RULE bool worth_more(const Terms *t, const double *cost, int64_t c, int64_t other) {
    if (t->value[c] <= 0.0 || t->value[other] <= 0.0) return t->value[c] > t->value[other];
    return t->value[c] * cost[other] > t->value[other] * cost[c];
}

RULE void sort_by_worth(const Terms *t, const double *cost, int64_t *order) {
    for (int side = 0; side < 2; side++) {
        int64_t first = t->span[side];
        for (int64_t k = first; k < t->span[side + 1]; k++) {
            int64_t j = k;
            for (; j > first && worth_more(t, cost, k, order[j - 1]); j--) order[j] = order[j - 1];
            order[j] = k;
        }
    }
}

RULE bool goes_before(const Terms *t, const double *cost, int64_t c, int64_t other) {
    return worth_more(t, cost, c, other) || (c < other && !worth_more(t, cost, other, c));
}

RULE void put_in_order(const Terms *t, const double *cost, int64_t *order, int64_t c) {
    int64_t first = t->span[t->giver[c]], last = t->span[t->giver[c] + 1] - 1, k = first;
    while (order[k] != c) k++;
    for (; k > first && goes_before(t, cost, c, order[k - 1]); k--) order[k] = order[k - 1];
    for (; k < last && goes_before(t, cost, order[k + 1], c); k++) order[k] = order[k + 1];
    order[k] = c;
}

/* rules/events.py --------------------------------------------------------------------------- */

RULE double soft_price(const Terms *t, int c) { return t->severity[c] * t->firmness[t->giver[c]]; }

RULE void begin_pause(State *s, int64_t now, int reason) {
    s->mode[0] = PAUSED;
    s->pause_from[0] = now;
    s->pause_reason[0] = reason;
    s->status_acts[0] = 0;
    s->idle[0] = 0;
    s->n_pauses[0] += 1;
}

RULE bool strike(const Terms *t, State *s, int e, int64_t now) {
    bool moved = false;
    s->n_events[0] += 1;
    for (int side = 0; side < 2; side++) s->broken[1 - side] += t->event_evidence[2 * e + side];
    if (t->event_pause[e] == 1 && s->mode[0] == TALKS) begin_pause(s, now, EVENT);
    for (int64_t k = 0; k < t->n_movable[0]; k++) {
        int64_t c = t->movable[k];
        int64_t length = t->event_length[CONCESSIONS * e + c];
        if (length > 0) {
            s->cost_until[CONCESSIONS * e + c] = now + length;
            moved = true;
        }
    }
    return moved;
}

RULE void move_costs(const Terms *t, State *s, int64_t now) {
    s->costs_hold[0] = 0;
    for (int64_t k = 0; k < t->n_movable[0]; k++) {
        int64_t c = t->movable[k];
        double factor = 1.0;
        for (int64_t e = 0; e < t->n_events[0]; e++) {
            int64_t until = s->cost_until[CONCESSIONS * e + c];
            if (until > now) {
                factor *= t->event_factor[CONCESSIONS * e + c];
                if (s->costs_hold[0] == 0 || until < s->costs_hold[0]) s->costs_hold[0] = until;
            }
        }
        double cost = t->base_cost[c] * factor + soft_price(t, (int)c);
        if (cost != s->cost[c]) {
            s->cost[c] = cost;
            put_in_order(t, s->cost, s->order, c);
        }
    }
}

RULE void strike_events(const Terms *t, State *s, int64_t now, double u) {
    s->pause_reason[0] = NO_REASON;
    for (int64_t e = 0; e < t->n_events[0]; e++) {
        double place = u + t->event_rotation[e];
        if (place >= 1.0) place -= 1.0;
        s->struck[e] = place < t->event_rate[e];
    }
    for (int64_t k = 0; k < t->n_strikes[0]; k++)
        if (t->strike_turn[k] == now) s->struck[t->strike_event[k]] = 1;
    bool fresh = false;
    for (int64_t e = 0; e < t->n_events[0]; e++)
        if (s->struck[e] == 1 && strike(t, s, (int)e, now)) fresh = true;
    if (fresh || (s->costs_hold[0] > 0 && now >= s->costs_hold[0])) move_costs(t, s, now);
}

/* rules/delivery.py ------------------------------------------------------------------------- */

RULE double delivered_fraction(const Terms *t, int i, double u, double u_sham, double u_fraction) {
    if (u < t->reliability[i]) return 1.0;
    if (u_sham < t->sham[i]) return 0.0;
    return t->shortfall_floor[i] + (1.0 - t->shortfall_floor[i]) * u_fraction;
}

RULE void carry_out(const Terms *t, State *s, int i, int64_t now, double announced, double d) {
    s->announced[now] = announced;
    s->fraction[now] = d;
    s->n_moves[0] += 1;
    s->marked[0] = 1;
    if (d < 1.0) s->n_shortfalls[0] += 1;
    double w = weight_of(t, 1 - i, announced);
    for (int64_t c = t->span[i]; c < t->span[i + 1]; c++) {
        int64_t n = s->chosen[c];
        if (n == 0) continue;
        double part = (double)n / (double)t->units[c];
        double missing = part * (1.0 - d), points = part * t->value[c];
        s->announced_units[c] += n;
        if (missing > 0.0 && s->short_[c] <= 0.0) {
            s->n_short[0] += 1;
            s->short_from[c] = now;
        }
        s->short_[c] += missing;
        s->delivered[c] = (double)s->announced_units[c] / (double)t->units[c] - s->short_[c];
        if (s->delivered[c] < 0.0) s->delivered[c] = 0.0;
        if (t->institution[c] == 1 && s->delivered[c] >= 1.0 && s->short_[c] <= 0.0)
            s->n_standing[0] += 1;
        s->credit[c] += w * (1.0 - d) * points / announced;
        s->given[i] += points * d;
        double price = part * d * s->cost[c];
        s->paid[i] += price;
        s->paid_for[c] += price;
    }
}

RULE void take_back(const Terms *t, State *s) {
    for (int c = 0; c < CONCESSIONS; c++) {
        int64_t i = t->giver[c];
        if (t->snapback[i] == 1 && t->reversible[c] == 1) {
            s->retaken[i] += s->delivered[c] * t->value[c];
            s->refunded[i] += s->paid_for[c];
        }
    }
}

/* rules/package.py -------------------------------------------------------------------------- */

RULE double points_to_come(const Terms *t, const State *s, int giver) {
    double points = 0.0;
    for (int64_t c = t->span[giver]; c < t->span[giver + 1]; c++)
        if (s->package[c] == 1) points += t->value[c] * (1.0 - s->delivered[c]);
    return points;
}

RULE double cost_to_come(const Terms *t, const State *s, int giver) {
    double cost = 0.0;
    for (int64_t c = t->span[giver]; c < t->span[giver + 1]; c++)
        if (s->package[c] == 1) cost += s->cost[c] * (1.0 - s->delivered[c]);
    return cost;
}

RULE double net_worth(const Terms *t, const State *s, int i) {
    double to_come = points_to_come(t, s, 1 - i);
    if (to_come <= 0.0) return t->bonus[i] - cost_to_come(t, s, i);
    return cautious_trust(t, s, i) * (to_come + t->bonus[i]) - cost_to_come(t, s, i);
}

RULE void drop_orphans(const Terms *t, State *s) {
    bool spread = true;
    while (spread) {
        spread = false;
        for (int c = 0; c < CONCESSIONS; c++) {
            if (s->package[c] == 0) continue;
            for (int64_t k = t->requires_from[c]; k < t->requires_from[c + 1]; k++) {
                int64_t needed = t->requires[k];
                if (s->package[needed] == 0 && s->delivered[needed] < 1.0) {
                    s->package[c] = 0;
                    spread = true;
                }
            }
        }
    }
}

RULE bool strike_dearest(const Terms *t, State *s, int i) {
    for (int64_t k = t->span[i + 1] - 1; k >= t->span[i]; k--) {
        int64_t c = s->order[k];
        if (s->package[c] == 1) {
            s->package[c] = 0;
            drop_orphans(t, s);
            return true;
        }
    }
    return false;
}

RULE bool out_of_reach(const Terms *t, const State *s) {
    for (int i = 0; i < 2; i++) {
        int j = 1 - i;
        double hoped = t->total[j] - s->given[j] + t->bonus[i] + 1e-6;
        if (cautious_trust(t, s, i) * hoped < t->outside_option[i]) return true;
    }
    return false;
}

RULE void propose_everything(const Terms *t, State *s) {
    for (int c = 0; c < CONCESSIONS; c++)
        s->package[c] = s->delivered[c] < 1.0 && !barred(t, s, c);
    drop_orphans(t, s);
}

RULE void clear_package(State *s) {
    memset(s->package, 0, sizeof s->package);
    s->package_total[0] = s->package_total[1] = 0.0;
}

RULE bool find_package(const Terms *t, State *s) {
    if (out_of_reach(t, s)) return false;
    propose_everything(t, s);
    for (;;) {
        bool content0 = net_worth(t, s, 0) >= t->outside_option[0];
        bool content1 = net_worth(t, s, 1) >= t->outside_option[1];
        if (content0 && content1) break;
        if ((!content0 && !content1) || !strike_dearest(t, s, content0 ? 1 : 0)) {
            clear_package(s);
            return false;
        }
    }
    for (int i = 0; i < 2; i++) s->package_total[i] = points_to_come(t, s, i);
    if (s->package_total[0] > 0.0 && s->package_total[1] > 0.0) return true;
    clear_package(s);
    return false;
}

RULE double delivered_share(const Terms *t, const State *s, int i) {
    return 1.0 - points_to_come(t, s, i) / s->package_total[i];
}

RULE bool held_up(const Terms *t, const State *s, int i) {
    bool waiting = false;
    for (int64_t c = t->span[i]; c < t->span[i + 1]; c++) {
        if (s->package[c] == 0 || units_left(t, s, (int)c) <= 0 || barred(t, s, (int)c)) continue;
        if (requirements_met(t, s, (int)c)) return false;
        for (int64_t k = t->requires_from[c]; k < t->requires_from[c + 1]; k++) {
            int64_t needed = t->requires[k];
            if (t->giver[needed] == i && s->short_[needed] > 0.0) return false;
        }
        waiting = true;
    }
    return waiting;
}

RULE bool complete(const State *s) {
    for (int c = 0; c < CONCESSIONS; c++)
        if (s->package[c] == 1 && s->delivered[c] < 1.0) return false;
    return true;
}

RULE double choose_tranche(const Terms *t, State *s, int i) {
    double announced = 0.0;
    for (int64_t k = t->span[i]; k < t->span[i + 1]; k++) {
        int c = (int)s->order[k];
        if (s->package[c] == 0 || barred(t, s, c)) continue;
        int64_t left = units_left(t, s, c);
        if (left <= 0 || !requirements_met(t, s, c)) continue;
        double unit = t->unit[c];
        int64_t n = whole_units(t->tranche[i] - announced, unit, left);
        if (n == 0 && announced == 0.0) n = 1;
        if (n > 0) {
            s->chosen[c] = n;
            announced += (double)n * unit;
        }
    }
    return announced;
}

#endif
