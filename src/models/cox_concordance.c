/* Does the order of the linear predictors foretell the order of the events? Harrell's C.
 *
 * Going back in time like the likelihood does, all who are still at risk lie in a tree by the rank of their linear predictor, and each row that ends asks the
 * tree how many of them it outranks. Rows that end at the same time are no pair: nobody knows who was first. Rows that were last seen at
 * that time outlasted them. */
#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "math/rank_tree.h"
#include "models/cox_scores.h"

typedef struct counting {
    const retain__cox_likelihood *of;
    size_t *rank, ranks;
    retain__rank_tree tree;
    double all; /* weight in the tree */
    double agree, same, pairs;
    size_t entered;
} counting;

static int find_ranks(retain__scratch *scratch, counting *of)
{
    const size_t count = of->of->data->count;
    uint64_t *words = retain__take(scratch, count, 2 * sizeof *words), *spare = retain__take(scratch, count, 2 * sizeof *spare);

    of->rank = retain__take(scratch, count, sizeof *of->rank);
    if (!words || !spare || !of->rank)
        return 0;
    for (size_t i = 0; i < count; i++) {
        words[2 * i] = retain__key_of(of->of->eta[i]);
        words[2 * i + 1] = i;
    }
    retain__sort_rows(&(retain__row_shape){2, 1, 0}, words, spare, count);
    of->ranks = 0;
    for (size_t i = 0; i < count; i++) {
        of->ranks += i == 0 || words[2 * i] != words[2 * i - 2];
        of->rank[words[2 * i + 1]] = of->ranks - 1;
    }
    retain__give_back(scratch, words);
    retain__give_back(scratch, spare);
    return 1;
}

static void put(counting *of, size_t row, double sign)
{
    const retain__cox_data *data = of->of->data;

    if (data->last[row] == RETAIN__COX_NEVER)
        return;
    retain__rank_tree_add(&of->tree, of->rank[row], sign * retain__cox_weight(data, row));
    of->all += sign * retain__cox_weight(data, row);
}

/* Takes out the latecomers that are not there yet at a time. */
static void take_out(counting *of, size_t time)
{
    const retain__cox_data *data = of->of->data;

    while (of->entered < data->late && data->since[data->latecomer[of->entered]] > time)
        put(of, data->latecomer[of->entered++], -1.0);
}

static void pass_time(counting *of, size_t j)
{
    const retain__cox_data *data = of->of->data;
    const retain__cox_time *time = data->time + j;

    take_out(of, j);
    for (size_t i = time->begin + time->ended; i < time->end; i++)
        put(of, i, 1.0);
    for (size_t i = time->begin; i < time->begin + time->ended; i++) {
        double same, below = retain__rank_tree_below(&of->tree, of->rank[i], &same);

        of->agree += retain__cox_weight(data, i) * below;
        of->same += retain__cox_weight(data, i) * same;
        of->pairs += retain__cox_weight(data, i) * of->all;
    }
    for (size_t i = time->begin; i < time->begin + time->ended; i++)
        put(of, i, 1.0);
}

/* Empties the tree. */
static void end_stratum(counting *of, size_t s)
{
    const retain__cox_data *data = of->of->data;
    const size_t from = data->first[s], to = data->first[s + 1];

    for (size_t j = from; j < to; j++) {
        for (size_t i = data->time[j].begin; i < data->time[j].end; i++) {
            if (!data->since || data->last[i] == RETAIN__COX_NEVER || data->since[i] == from)
                put(of, i, -1.0);
        }
    }
    of->all = 0.0;
}

retain_status retain__cox_concordance(retain__scratch *scratch, const retain__cox_likelihood *likelihood, double *concordance,
                                      double *pairs)
{
    const retain__cox_data *data = likelihood->data;
    counting of = {.of = likelihood};
    double *room;

    if (!find_ranks(scratch, &of))
        return RETAIN_ERROR_MEMORY;
    room = retain__take(scratch, retain__rank_tree_room(of.ranks), sizeof *room);
    if (!room)
        return RETAIN_ERROR_MEMORY;
    of.tree = retain__rank_tree_begin(of.ranks, room);
    for (size_t s = data->strata; s-- > 0;) {
        for (size_t j = data->first[s + 1]; j-- > data->first[s];)
            pass_time(&of, j);
        if (s > 0)
            end_stratum(&of, s);
    }
    retain__give_back(scratch, room);
    retain__give_back(scratch, of.rank);
    *pairs = of.pairs;
    *concordance = of.pairs > 0.0 ? (of.agree + 0.5 * of.same) / of.pairs : (double)NAN;
    return RETAIN_OK;
}
