/* One negotiation, turn by turn, and the loop over runs and points: a hand-written translation of
 * rules/{move,dialogue,turn,begin,summary}.py, the strategies, and engine.run_block.
 *
 * The limit to measure the engine against.  Nothing of the package uses it.
 */
#include "rules.h"

/* strategies/ ------------------------------------------------------------------------------- */

RULE double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

RULE double own_accord(const Terms *t, const State *s, int i) {
    double T = trust(s, i), tau = t->trust_threshold[i];
    return T <= tau ? 0.0 : t->initiative[i] * (T - tau) / (1.0 - tau);
}

RULE double later(double pace) { return pace < 1.0 ? 1.0 / pace : pace; }

RULE double by_the_clock(const Terms *t, const State *s, int i, int64_t now, double pace) {
    double kappa = t->inverse_response[i], time = (double)now / (double)t->turns[0];
    double due = kappa + (1.0 - kappa) * pow(time, 1.0 / pace);
    return clip(due * t->total[i] - s->given[i] - s->readiness[i], 0.0, t->max_step[i]);
}

RULE double desired_step(const Terms *t, const State *s, int i, int64_t now) {
    double most = t->max_step[i], r = t->reciprocity[i], g = t->generosity[i], x;
    switch (t->strategy[i]) {
    case S_comparative:
        return clip(s->step[i] + r * (s->perceived[i] - s->step[i]) + own_accord(t, s, i), 0.0, most);
    case S_proportional:
        return clip(own_accord(t, s, i) + r * trust(s, i) * s->perceived[i], 0.0, most);
    case S_signed:
        x = trust(s, i) * s->perceived[i] - t->inverse_response[i] * (1.0 - trust(s, i));
        x = r * x + own_accord(t, s, i);
        return x > most ? most : x;
    case S_tit_for_tat:
        return clip(s->last_delivered[i], 0.0, most);
    case S_generous_tit_for_tat:
        return clip((1.0 - g) * s->last_delivered[i] + g * t->opening[i], 0.0, most);
    case S_grit:
        x = s->last_delivered[i];
        if (s->unanswered[i] < t->grit_turns[i] && t->opening[i] > x) x = t->opening[i];
        return clip(x, 0.0, most);
    case S_boulware:
        return by_the_clock(t, s, i, now, 1.0 / later(t->pace[i]));
    case S_linear:
        return by_the_clock(t, s, i, now, 1.0);
    case S_conceder:
        return by_the_clock(t, s, i, now, later(t->pace[i]));
    case S_exploiter:
        return s->unanswered[i] >= 2 ? clip(t->opening[i], 0.0, most) : 0.0;
    default: /* hardliner */
        return 0.0;
    }
}

/* rules/move.py ----------------------------------------------------------------------------- */

RULE bool save_up(const Terms *t, State *s, int i, double step) {
    if (!(step > -1e300 && step < 1e300)) step = 0.0;
    s->step[i] = step;
    double before = s->readiness[i], after = before + step;
    if (after < 0.0) after = 0.0;
    if (after > t->max_readiness[i]) after = t->max_readiness[i];
    s->readiness[i] = after;
    return after > before;
}

RULE double choose_concessions(const Terms *t, State *s, int i) {
    double announced = 0.0, room = exposure_left(t, s, i);
    for (int64_t k = t->span[i]; k < t->span[i + 1]; k++) {
        int c = (int)s->order[k];
        double unit = t->unit[c];
        if (unit > s->readiness[i] || !may_be_announced(t, s, c)) continue;
        double points = s->readiness[i];
        if (room - announced < points) points = room - announced;
        int64_t n = whole_units(points, unit, units_left(t, s, c));
        if (n == 0 && announced == 0.0 && s->given[i] <= s->received[i]) n = 1;
        if (n > 0) {
            s->chosen[c] = n;
            announced += (double)n * unit;
            s->readiness[i] -= (double)n * unit;
        }
    }
    if (s->readiness[i] < 0.0) s->readiness[i] = 0.0;
    return announced;
}

/* rules/dialogue.py ------------------------------------------------------------------------- */

RULE bool walks_out(const Terms *t, State *s, int i) {
    s->low_trust[i] = trust(s, i) < t->break_trust[i] ? s->low_trust[i] + 1 : 0;
    return s->low_trust[i] >= t->break_turns[i];
}

RULE bool gives_up(const Terms *t, State *s, int i, int64_t now, double u_resume, double u_abandon) {
    if (s->pause_from[0] == now) return false;
    double hazard = t->resume[i];
    if (s->status_acts[0] > 0) hazard += 0.5;
    if (u_resume < hazard) {
        s->mode[0] = TALKS;
        s->idle[0] = 0;
        return false;
    }
    return u_abandon < t->abandon[i];
}

RULE void wants_pause(const Terms *t, State *s, int i, int64_t now) {
    if (s->trust_before[i] - trust(s, i) > t->doubt[i])
        begin_pause(s, now, DOUBT);
    else if (s->idle[0] >= t->patience[i])
        begin_pause(s, now, PATIENCE);
}

RULE bool demands(const Terms *t, State *s, int i, double u) {
    int j = 1 - i;
    if (t->demandable[j] == 0 || u >= s->ambition_left[i]) return false;
    s->ambition_left[i] *= 0.5;
    s->broken[j] += t->slight[j];
    s->n_slights[0] += 1;
    return true;
}

RULE void end(const Terms *t, State *s, int outcome) {
    s->outcome[0] = outcome;
    if (outcome == BREAKDOWN || outcome == COLLAPSE) take_back(t, s);
}

RULE void fail(const Terms *t, State *s) { end(t, s, s->mode[0] == BARGAIN ? COLLAPSE : BREAKDOWN); }

RULE bool gave_share(const Terms *t, const State *s, int i, double share) {
    return t->total[i] > 0.0 && s->given[i] >= share * t->total[i];
}

RULE bool little_given(const Terms *t, const State *s) {
    double possible = t->total[0] + t->total[1];
    return possible <= 0.0 || s->given[0] + s->given[1] < 0.05 * possible;
}

RULE void check_endings(const Terms *t, State *s, int64_t now) {
    if (s->outcome[0] != RUNNING) return;
    if (s->mode[0] == BARGAIN) {
        if (complete(s)) {
            end(t, s, GRAND_BARGAIN);
            return;
        }
    } else if (gave_share(t, s, 0, 0.90) && gave_share(t, s, 1, 0.90)) {
        end(t, s, NORMALISED_BY_STEPS);
        return;
    }
    if (now + 1 < t->turns[0]) return;
    if (s->mode[0] == BARGAIN)
        end(t, s, BARGAIN_UNDER_WAY);
    else if (s->quiet[0] >= 26 || little_given(t, s))
        end(t, s, STALL);
    else
        end(t, s, PIECEMEAL);
}

/* rules/turn.py ----------------------------------------------------------------------------- */

RULE void open_turn(const Terms *t, State *s, const double *u, int64_t now, int i) {
    s->act[0] = SILENT;
    if (s->marked[0] == 1) {
        s->marked[0] = 0;
        memset(s->chosen, 0, sizeof s->chosen);
        memset(s->corrected, 0, sizeof s->corrected);
    }
    s->announced[now] = 0.0;
    s->fraction[now] = 1.0;
    strike_events(t, s, now, u[DRAW_EVENT]);
    make_corrections(t, s, u[DRAW_CORRECTION], now);
    verify(t, s, i, now);
    fade(t, s);
    if (walks_out(t, s, i)) {
        s->act[0] = WALK_OUT;
        fail(t, s);
    } else if (s->mode[0] == PAUSED) {
        if (gives_up(t, s, i, now, u[DRAW_RESUME], u[DRAW_ABANDON])) {
            s->act[0] = GIVE_UP;
            fail(t, s);
        }
    } else if (s->mode[0] == TALKS) {
        wants_pause(t, s, i, now);
    }
    s->trust_before[i] = trust(s, i);
}

RULE double implement(const Terms *t, State *s, int i) {
    if (net_worth(t, s, i) < 0.0) {
        s->act[0] = RENEGE;
        fail(t, s);
        return 0.0;
    }
    s->act[0] = WAIT;
    bool ahead = delivered_share(t, s, i) > delivered_share(t, s, 1 - i);
    if (ahead && !held_up(t, s, 1 - i)) return 0.0;
    double announced = choose_tranche(t, s, i);
    if (announced > 0.0) s->act[0] = DELIVER;
    return announced;
}

RULE double decide(const Terms *t, State *s, const double *u, int64_t now, int i) {
    double announced;
    if (s->mode[0] == PAUSED) {
        announced = choose_concessions(t, s, i);
        if (announced > 0.0) {
            s->act[0] = STATUS_ACT;
            s->status_acts[0] += 1;
        }
        return announced;
    }
    if (s->mode[0] == TALKS) {
        if (demands(t, s, i, u[DRAW_DEMAND])) {
            s->act[0] = DEMAND;
            s->idle[0] += 1;
            return 0.0;
        }
        if (s->n_standing[0] == t->n_institutions[0] && find_package(t, s)) {
            s->mode[0] = BARGAIN;
            s->deal_turn[0] = now;
        }
    }
    if (s->mode[0] == BARGAIN) return implement(t, s, i);
    bool grew = save_up(t, s, i, desired_step(t, s, i, now));
    announced = choose_concessions(t, s, i);
    if (announced > 0.0) {
        s->act[0] = CONCEDE;
        s->idle[0] = 0;
    } else if (grew) {
        s->idle[0] = 0;
    } else {
        s->idle[0] += 1;
    }
    return announced;
}

RULE void close_turn(const Terms *t, State *s, const double *u, int64_t now, int i, double announced) {
    s->forced[now] = 0;
    if (s->mode[0] == PAUSED) {
        s->forced[now] = 1;
        s->n_paused_turns[0] += 1;
    }
    if (announced <= 0.0) {
        s->quiet[0] += 1;
        return;
    }
    s->quiet[0] = 0;
    double d = delivered_fraction(t, i, u[DRAW_DELIVERY], u[DRAW_SHAM], u[DRAW_FRACTION]);
    carry_out(t, s, i, now, announced, d);
}

RULE void turn(const Terms *t, State *s, const double *draws, int64_t now) {
    int i = (int)((t->first_mover[0] + now) % 2);
    const double *u = draws + SLOTS * now;
    open_turn(t, s, u, now, i);
    if (s->outcome[0] == RUNNING) close_turn(t, s, u, now, i, decide(t, s, u, now, i));
    check_endings(t, s, now);
}

/* rules/begin.py, rules/summary.py ------------------------------------------------------------ */

RULE bool movable(const Terms *t, int c) {
    for (int64_t e = 0; e < t->n_events[0]; e++)
        if (t->event_length[CONCESSIONS * e + c] > 0) return true;
    return false;
}

static void prepare(Terms *t) {
    double cost[CONCESSIONS];
    t->n_institutions[0] = 0;
    for (int c = 0; c < CONCESSIONS; c++) {
        cost[c] = t->base_cost[c] + soft_price(t, c);
        t->closed[c] = t->hard[c] == 1 || t->value[c] <= 0.0 || (t->soft[c] == 1 && cost[c] > t->value[c]);
        if (t->institution[c] == 1) t->n_institutions[0] += 1;
    }
    for (int side = 0; side < 2; side++) {
        t->total[side] = 0.0;
        t->demandable[side] = 0;
        for (int64_t c = t->span[side]; c < t->span[side + 1]; c++)
            if (t->closed[c] == 1 && t->value[c] > 0.0) t->demandable[side] = 1;
    }
    for (bool spread = true; spread;) {
        spread = false;
        for (int c = 0; c < CONCESSIONS; c++)
            for (int64_t k = t->requires_from[c]; k < t->requires_from[c + 1]; k++)
                if (t->closed[t->requires[k]] == 1 && t->closed[c] == 0) {
                    t->closed[c] = 1;
                    spread = true;
                }
    }
    for (int c = 0; c < CONCESSIONS; c++) {
        t->unit[c] = t->value[c] / (double)t->units[c];
        if (t->closed[c] == 0) t->total[t->giver[c]] += t->value[c];
    }
    for (int i = 0; i < 2; i++) {
        t->prior_kept[i] = t->initial_trust[i] * t->prior_strength[i];
        t->prior_broken[i] = (1.0 - t->initial_trust[i]) * t->prior_strength[i];
    }
    sort_by_worth(t, cost, t->sorted);
    t->n_movable[0] = 0;
    for (int c = 0; c < CONCESSIONS; c++)
        if (movable(t, c)) t->movable[t->n_movable[0]++] = c;
}

RULE void begin(const Terms *t, State *s) {
    memset(s, 0, offsetof(State, announced)); /* what is announced in a turn is set when it is played */
    memset(&s->FIRST_INT_OF_STATE, 0, INTS_OF_STATE * sizeof(int64_t));
    for (int i = 0; i < 2; i++) {
        s->kept[i] = t->prior_kept[i];
        s->broken[i] = t->prior_broken[i];
        s->trust_before[i] = t->initial_trust[i];
        s->perceived[i] = s->last_delivered[i] = t->opening[i];
        s->ambition_left[i] = t->ambition[i];
    }
    for (int c = 0; c < CONCESSIONS; c++) {
        s->cost[c] = t->base_cost[c] + soft_price(t, c);
        s->order[c] = t->sorted[c];
    }
    s->mode[0] = TALKS;
    s->outcome[0] = RUNNING;
    s->deal_turn[0] = s->pause_from[0] = -1;
}

RULE void summarise(const Terms *t, const State *s, int64_t played, double *out) {
    out[0] = (double)s->outcome[0];
    out[1] = (double)played;
    out[2] = (double)s->deal_turn[0];
    for (int i = 0; i < 2; i++) {
        int j = 1 - i;
        out[3 + i] = (s->given[j] - s->retaken[j]) - (s->paid[i] - s->refunded[i]);
        if (s->outcome[0] == GRAND_BARGAIN) out[3 + i] += t->bonus[i];
        out[5 + i] = trust(s, i);
        out[7 + i] = s->given[i];
    }
    out[9] = s->given[0] + s->given[1];
    out[10] = (double)s->n_moves[0];
    out[11] = (double)s->n_shortfalls[0];
    out[12] = (double)s->n_corrections[0];
    out[13] = (double)s->n_pauses[0];
    out[14] = (double)s->n_paused_turns[0];
    out[15] = (double)s->n_slights[0];
    out[16] = (double)s->n_events[0];
    for (int64_t k = 0; k < t->n_counters[0]; k++) {
        int64_t count = 0;
        for (int c = 0; c < CONCESSIONS; c++)
            count += (int64_t)(t->counted[CONCESSIONS * k + c] * s->delivered[c] + 1e-9);
        out[17 + k] = (double)count;
    }
}

/* engine.run_block -------------------------------------------------------------------------- */

/* Row run·points + point of `out` is that run at that point; `draws` has `wide` numbers a run. */
void run_block(const double *floats, const int64_t *ints, int64_t points, const double *draws, int64_t runs,
               int64_t wide, double *out, int64_t columns) {
    Terms terms;
    State state;
    for (int64_t p = 0; p < points; p++) {
        memcpy(&terms.FIRST_FLOAT_OF_TERMS, floats + p * FLOATS_OF_TERMS, FLOATS_OF_TERMS * sizeof(double));
        memcpy(&terms.FIRST_INT_OF_TERMS, ints + p * INTS_OF_TERMS, INTS_OF_TERMS * sizeof(int64_t));
        prepare(&terms);
        for (int64_t r = 0; r < runs; r++) {
            int64_t now = 0;
            begin(&terms, &state);
            while (state.outcome[0] == RUNNING) {
                turn(&terms, &state, draws + r * wide, now);
                now++;
            }
            summarise(&terms, &state, now, out + (r * points + p) * columns);
        }
    }
}
