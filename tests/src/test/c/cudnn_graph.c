// The graph interface of the mock cuDNN: descriptors with attributes, heuristics that propose a few engines, plans, and
// an interpreter for one convolution with what follows it. Which graphs have engines follows what cuDNN 9.24 reported
// for an H200: a convolution alone; or forward, then an optional addition of an image, then that of a bias of the same
// type, then an optional activation, with a float tensor in between. Anything else has none.
#include "cudnn_reference.h"
#include "numbers.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    POINTWISE = 0,
    CONVOLUTION,
    ENGINE,
    CONFIGURATION,
    HEURISTICS,
    PLAN,
    KNOB = 7,
    FORWARD = 10,
    FILTER = 11,
    DATA = 12,
    OPERATION = 13,
    GRAPH = 15,
    PACK = 16,
    TENSOR = 17
};

enum {
    MAX_ATTRIBUTES = 16,
    MAX_KNOBS = 4,
    MAX_STEPS = 3,
    MAX_TENSORS = 8
};

typedef struct {
    int index;
    int notes[2];
    int note_count;
    int compiled_at_run_time;
    int supported;
    int knobs[MAX_KNOBS][2];
    int knob_count;
    size_t workspace;
    float time;
} engine;

// In the order of the heuristics, which is not that of the times. Note 4 means not deterministic, note 0 tensor cores.
// Work of less than 0.2 ms would be measured more than forty times, and the mock computes each time.
static const engine engines[] = {{4, {4}, 1, 0, 1, {{2, 9}}, 1, 0, 0.02f},
                                 {7, {0}, 1, 0, 0, {{2, 1}, {12, 4}}, 2, 0, 0.02f},
                                 {2, {0}, 1, 0, 1, {{2, 1}, {12, 0}}, 2, 0, 0.24f},
                                 {2, {0}, 1, 0, 1, {{2, 3}, {12, 0}}, 2, 2048, 0.21f},
                                 {2, {0}, 1, 0, 1, {{2, 5}, {12, 0}}, 2, (size_t)1 << 40, 0.02f},
                                 {5, {0}, 0, 0, 1, {{0}}, 0, 0, 0.25f}};
// For a leaky activation there are only engines that compile their kernel.
static const engine compiled = {9, {0}, 1, 1, 1, {{2, 0}}, 1, 64, 0.1f};
static const engine fallback = {0, {0}, 0, 0, 1, {{0}}, 0, 0, 1};

typedef struct descriptor descriptor;

typedef struct {
    int name, type;
    int64_t count;
    char* bytes;
} attribute;

struct descriptor {
    int type, alive, finalized;
    attribute attributes[MAX_ATTRIBUTES];
    int count;
    const engine* engine;
    descriptor* graph;
};

typedef struct {
    int name, owner, type;
    int64_t min, max;
    int required;
} rule;

static const rule rules[] = {{0, POINTWISE, 14, 1, 1, 1},
                             {1, POINTWISE, 1, 1, 1, 1},
                             {2, POINTWISE, 10, 1, 1, 0},
                             {5, POINTWISE, 5, 1, 1, 0},
                             {100, CONVOLUTION, 1, 1, 1, 1},
                             {101, CONVOLUTION, 7, 1, 1, 1},
                             {102, CONVOLUTION, 3, 2, 2, 1},
                             {103, CONVOLUTION, 3, 2, 2, 1},
                             {104, CONVOLUTION, 3, 2, 2, 1},
                             {105, CONVOLUTION, 3, 2, 2, 1},
                             {106, CONVOLUTION, 3, 1, 1, 1},
                             {200, HEURISTICS, 8, 1, 1, 1},
                             {201, HEURISTICS, 15, 1, 1, 1},
                             {300, CONFIGURATION, 15, 1, 1, 1},
                             {302, CONFIGURATION, 15, 0, 64, 0},
                             {400, PLAN, 0, 1, 1, 1},
                             {401, PLAN, 15, 1, 1, 1},
                             {600, KNOB, 9, 1, 1, 1},
                             {601, KNOB, 3, 1, 1, 1},
                             {700, FORWARD, 4, 1, 1, 1},
                             {701, FORWARD, 4, 1, 1, 1},
                             {702, FORWARD, 15, 1, 1, 1},
                             {703, FORWARD, 15, 1, 1, 1},
                             {704, FORWARD, 15, 1, 1, 1},
                             {705, FORWARD, 15, 1, 1, 1},
                             {706, DATA, 4, 1, 1, 1},
                             {707, DATA, 4, 1, 1, 1},
                             {708, DATA, 15, 1, 1, 1},
                             {709, DATA, 15, 1, 1, 1},
                             {710, DATA, 15, 1, 1, 1},
                             {711, DATA, 15, 1, 1, 1},
                             {712, FILTER, 4, 1, 1, 1},
                             {713, FILTER, 4, 1, 1, 1},
                             {714, FILTER, 15, 1, 1, 1},
                             {715, FILTER, 15, 1, 1, 1},
                             {716, FILTER, 15, 1, 1, 1},
                             {717, FILTER, 15, 1, 1, 1},
                             {750, OPERATION, 15, 1, 1, 1},
                             {751, OPERATION, 15, 1, 1, 1},
                             {752, OPERATION, 15, 1, 1, 0},
                             {753, OPERATION, 15, 1, 1, 1},
                             {800, GRAPH, 0, 1, 1, 1},
                             {801, GRAPH, 15, 1, 8, 1},
                             {900, TENSOR, 3, 1, 1, 1},
                             {901, TENSOR, 1, 1, 1, 1},
                             {902, TENSOR, 3, 4, 4, 1},
                             {903, TENSOR, 3, 4, 4, 1},
                             {906, TENSOR, 3, 1, 1, 1},
                             {907, TENSOR, 2, 1, 1, 0},
                             {1000, PACK, 3, 1, MAX_TENSORS, 1},
                             {1001, PACK, 6, 1, MAX_TENSORS, 1},
                             {1003, PACK, 6, 1, 1, 1},
                             {1300, ENGINE, 15, 1, 1, 1},
                             {1301, ENGINE, 3, 1, 1, 1}};

static size_t size_of(int type) {
    return type == 2 ? 1 : type == 0 || type == 3 || type == 5 || type == 6 || type == 15 ? 8 : 4;
}

static int usable(const descriptor* d, const char* call) {
    if (!d || !d->alive) {
        mock_complain("%s of a descriptor that was destroyed", call);
        return 0;
    }
    return 1;
}

static const attribute* find(const descriptor* d, int name) {
    for (int i = 0; i < d->count; i++) {
        if (d->attributes[i].name == name) {
            return &d->attributes[i];
        }
    }
    return NULL;
}

static descriptor* child(const descriptor* d, int name, int i) {
    descriptor* found = ((descriptor**)find(d, name)->bytes)[i];
    return usable(found, "use") ? found : NULL;
}

static int64_t number(const descriptor* d, int name, int i) {
    return ((int64_t*)find(d, name)->bytes)[i];
}

static int word(const descriptor* d, int name) {
    return *(int*)find(d, name)->bytes;
}

int cudnnBackendCreateDescriptor(int type, descriptor** out) {
    ENTER(0)
    descriptor* d = calloc(1, sizeof *d);
    d->type = type;
    d->alive = 1;
    *out = d;
    mock_count("cuDNN graph descriptor", 1);
    return 0;
}

// The memory stays, so that a later use is found out.
int cudnnBackendDestroyDescriptor(descriptor* d) {
    if (usable(d, "cudnnBackendDestroyDescriptor")) {
        for (int i = 0; i < d->count; i++) {
            free(d->attributes[i].bytes);
        }
        d->alive = d->count = 0;
        mock_count("cuDNN graph descriptor", -1);
    }
    return 0;
}

int cudnnBackendSetAttribute(descriptor* d, int name, int type, int64_t count, const void* values) {
    ENTER(0)
    if (!usable(d, __func__) || d->finalized || !values) {
        return BAD_PARAM;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const rule* r = &rules[i];
        if (r->name == name && r->owner == d->type) {
            if (type != r->type || count < r->min || count > r->max || d->count == MAX_ATTRIBUTES) {
                return BAD_PARAM;
            }
            if (type == 15) {
                for (int k = 0; k < count; k++) {
                    descriptor* other = ((descriptor* const*)values)[k];
                    if (!usable(other, __func__) || !other->finalized) {
                        return BAD_PARAM;
                    }
                }
            }
            attribute* a = &d->attributes[d->count++];
            *a = (attribute){name, type, count, malloc(count * size_of(type) + 1)};
            memcpy(a->bytes, values, count * size_of(type));
            return 0;
        }
    }
    return BAD_PARAM;
}

static tensor image(const descriptor* t) {
    return (tensor){number(t, 902, 0), number(t, 902, 1), number(t, 902, 2), number(t, 902, 3), type_of(word(t, 901))};
}

static int is_nhwc(const descriptor* t) {
    int64_t c = number(t, 902, 1), h = number(t, 902, 2), w = number(t, 902, 3);
    return number(t, 903, 0) == h * w * c && number(t, 903, 1) == 1 && number(t, 903, 2) == w * c &&
           number(t, 903, 3) == c;
}

static int is_virtual(const descriptor* t) {
    return find(t, 907) && find(t, 907)->bytes[0];
}

static const int tensors_of[][3] = {{704, 703, 705}, {716, 715, 717}, {710, 709, 711}};

// The tensors x, filter and y of a convolution.
static descriptor* operand(const descriptor* operation, int i) {
    return child(operation, tensors_of[operation->type - FORWARD][i], 0);
}

static int consistent(const descriptor* operation) {
    static const int descriptors[] = {702, 714, 708};
    const descriptor* c = child(operation, descriptors[operation->type - FORWARD], 0);
    tensor x = image(operand(operation, 0)), f = image(operand(operation, 1)), y = image(operand(operation, 2));
    return y.n == x.n && y.c == f.n && x.c == f.c &&
           y.h == (x.h + number(c, 105, 0) + number(c, 104, 0) - f.h) / number(c, 103, 0) + 1 &&
           y.w == (x.w + number(c, 105, 1) + number(c, 104, 1) - f.w) / number(c, 103, 1) + 1;
}

static const engine* engine_of(const descriptor* graph, int64_t index, const descriptor* configuration);
static int all_engines(const descriptor* graph, const engine** found);

int cudnnBackendFinalize(descriptor* d) {
    if (!usable(d, __func__)) {
        return BAD_PARAM;
    }
    ENTER(d->type == PLAN)
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].owner == d->type && rules[i].required && !find(d, rules[i].name)) {
            return BAD_PARAM;
        }
    }
    if (d->finalized) {
        return BAD_PARAM;
    }
    switch (d->type) {
        case TENSOR:
            for (int i = 0; i < 4; i++) {
                if (number(d, 902, i) < 1) {
                    return BAD_PARAM;
                }
            }
            if (type_of(word(d, 901)) == '?' || !is_nhwc(d)) {
                return NOT_SUPPORTED;
            }
            break;
        case FORWARD:
        case DATA:
        case FILTER:
            if (!consistent(d)) {
                return BAD_PARAM;
            }
            break;
        case ENGINE:
            d->graph = child(d, 1300, 0);
            {
                const engine* all[8];
                for (int n = all_engines(d->graph, all); n-- > 0;) {
                    d->engine = all[n]->index == number(d, 1301, 0) ? all[n] : d->engine;
                }
            }
            if (!d->engine) {
                return NOT_SUPPORTED;
            }
            break;
        case CONFIGURATION:
            d->graph = child(d, 300, 0)->graph;
            d->engine = engine_of(d->graph, number(child(d, 300, 0), 1301, 0), d);
            if (!d->engine) {
                return NOT_SUPPORTED;
            }
            break;
        case PLAN:
            d->graph = child(d, 401, 0)->graph;
            d->engine = child(d, 401, 0)->engine;
            if (!d->engine->supported) {
                return NOT_SUPPORTED;
            }
            break;
        case PACK:
            if (find(d, 1000)->count != find(d, 1001)->count) {
                return BAD_PARAM;
            }
            break;
    }
    d->finalized = 1;
    return 0;
}

// One element-wise step after the convolution.
typedef struct {
    const descriptor* added;
    double slope;
} step;

// Takes a graph apart; returns the number of steps, or -1 for a graph that has no engines.
static int steps_of(const descriptor* graph, step* steps, const descriptor** result) {
    int count = (int)find(graph, 801)->count;
    const descriptor* first = child(graph, 801, 0);
    if (first->type < FORWARD || first->type > DATA || count > 1 + MAX_STEPS || (count > 1 && first->type != FORWARD)) {
        return -1;
    }
    tensor x = image(operand(first, 0)), f = image(operand(first, 1)), y = image(operand(first, 2));
    int biased = 0;
    const descriptor* last = operand(first, 2);
    for (int i = 1; i < count; i++) {
        const descriptor* operation = child(graph, 801, i);
        if (operation->type != OPERATION || child(operation, 751, 0) != last || !is_virtual(last) ||
            image(last).type != 'f') {
            return -1;
        }
        const descriptor* how = child(operation, 750, 0);
        if (word(how, 0) == 0 && find(operation, 752)) {
            const descriptor* added = child(operation, 752, 0);
            tensor t = image(added);
            int more = i + 1 < count && word(child(child(graph, 801, i + 1), 750, 0), 0) == 0;
            int bias = !more && t.n == 1 && t.h == 1 && t.w == 1 && t.c == y.c;
            if (t.type != x.type || biased || (!bias && (t.n != y.n || t.h != y.h || t.w != y.w || t.c != y.c))) {
                return -1;
            }
            biased = bias;
            steps[i - 1] = (step){added, 1};
        } else if (word(how, 0) == 100 && biased && i == count - 1) {
            steps[i - 1] = (step){NULL, find(how, 5) ? *(double*)find(how, 5)->bytes : 0};
        } else {
            return -1;
        }
        last = child(operation, 753, 0);
    }
    if ((count > 1 && !biased) || is_virtual(last) || image(last).type != x.type || x.type != f.type) {
        return -1;
    }
    *result = last;
    return count - 1;
}

static int proposals(const descriptor* graph, int mode, const engine** found) {
    step steps[MAX_STEPS];
    const descriptor* result;
    int count = steps_of(graph, steps, &result);
    if (count < 0) {
        return 0;
    }
    if (mode == 2) {
        found[0] = &fallback;
        return 1;
    }
    if (count && !steps[count - 1].added && steps[count - 1].slope) {
        found[0] = &compiled;
        return 1;
    }
    int n = sizeof engines / sizeof *engines;
    for (int i = 0; i < n; i++) {
        found[i] = &engines[i];
    }
    return n;
}

static int all_engines(const descriptor* graph, const engine** found) {
    int n = proposals(graph, 3, found);
    return n + proposals(graph, 2, found + n);
}

static const engine* engine_of(const descriptor* graph, int64_t index, const descriptor* configuration) {
    const engine* all[8];
    int n = all_engines(graph, all);
    const attribute* knobs = find(configuration, 302);
    for (int i = 0; i < n; i++) {
        int same = all[i]->index == index && (knobs ? knobs->count : 0) == all[i]->knob_count;
        for (int k = 0; same && k < all[i]->knob_count; k++) {
            const descriptor* choice = child(configuration, 302, k);
            same = word(choice, 600) == all[i]->knobs[k][0] && number(choice, 601, 0) == all[i]->knobs[k][1];
        }
        if (same) {
            return all[i];
        }
    }
    return NULL;
}

static void put(descriptor* d, int name, int type, const void* value) {
    attribute* a = &d->attributes[d->count++];
    *a = (attribute){name, type, 1, malloc(8)};
    memcpy(a->bytes, value, size_of(type));
}

int cudnnBackendGetAttribute(descriptor* d, int name, int type, int64_t wanted, int64_t* count, void* values) {
    ENTER(0)
    if (!usable(d, __func__) || !d->finalized) {
        return BAD_PARAM;
    }
    descriptor** others = values;
    int n = 0;
    switch (name) {
        case 202: {
            const engine* found[8];
            n = proposals(child(d, 201, 0), word(d, 200), found);
            for (int i = 0; i < n && i < wanted; i++) {
                if (!usable(others[i], __func__) || others[i]->type != CONFIGURATION) {
                    return BAD_PARAM;
                }
                others[i]->graph = child(d, 201, 0);
                others[i]->engine = found[i];
                others[i]->finalized = 1;
            }
            break;
        }
        case 300:
            n = 1;
            if (!usable(others[0], __func__) || others[0]->type != ENGINE) {
                return BAD_PARAM;
            }
            others[0]->graph = d->graph;
            others[0]->engine = d->engine;
            others[0]->finalized = 1;
            put(others[0], 1301, 3, &(int64_t){d->engine->index});
            break;
        case 302:
            n = d->engine->knob_count;
            for (int i = 0; i < n && i < wanted; i++) {
                put(others[i], 600, 9, &d->engine->knobs[i][0]);
                put(others[i], 601, 3, &(int64_t){d->engine->knobs[i][1]});
                others[i]->finalized = 1;
            }
            break;
        case 402:
            n = 1;
            *(int64_t*)values = d->engine->workspace;
            break;
        case 1303:
        case 1305: {
            const engine* e = d->engine ? d->engine : NULL;
            if (e && name == 1303) {
                n = e->note_count;
                memcpy(values, e->notes, n * sizeof(int));
            } else if (e && e->compiled_at_run_time) {
                n = 1;
                *(int*)values = 0;
            }
            break;
        }
        default: {
            const attribute* a = find(d, name);
            if (!a || a->type != type || wanted < a->count) {
                return BAD_PARAM;
            }
            n = (int)a->count;
            memcpy(values, a->bytes, n * size_of(type));
        }
    }
    *count = n;
    return 0;
}

typedef struct {
    work convolution;
    struct {
        const void* added;
        int is_bias;
        double slope;
    } steps[MAX_STEPS];
    int count;
    char type;
    void* out;
} execution;

static int run(const void* data) {
    const execution* e = data;
    mock_takes(e->convolution.time);
    size_t outputs;
    double* sums = convolution_sums(&e->convolution, &outputs);
    for (size_t i = 0; i < outputs; i++) {
        double value = sums[i];
        for (int k = 0; k < e->count; k++) {
            if (e->steps[k].added) {
                size_t at = e->steps[k].is_bias ? i % e->convolution.y.c : i;
                value = (float)(value + number_read(e->type, e->steps[k].added, at));
            } else if (value < 0) {
                value *= e->steps[k].slope;
            }
        }
        number_write(e->type, e->out, i, value);
    }
    // Scratch memory is written last, so that an output that overlaps it is spoilt.
    if (e->convolution.bytes) {
        memset(e->convolution.workspace, 0xEE, e->convolution.bytes);
    }
    free(sums);
    return 0;
}

static void* address_of(const descriptor* pack, const descriptor* t) {
    const attribute* ids = find(pack, 1000);
    for (int i = 0; i < ids->count; i++) {
        if (number(pack, 1000, i) == number(t, 906, 0)) {
            void* address = ((void**)find(pack, 1001)->bytes)[i];
            tensor size = image(t);
            size_t bytes = (size_t)size.n * size.c * size.h * size.w * number_bytes(size.type);
            int64_t alignment = number(t, 900, 0);
            if ((uintptr_t)address % alignment) {
                mock_complain("tensor %ld of a graph does not start at a multiple of %ld bytes",
                              (long)number(t, 906, 0), (long)alignment);
            }
            return mock_is_device(address, bytes) ? address : NULL;
        }
    }
    return NULL;
}

int cudnnBackendExecute(handle* h, descriptor* plan, descriptor* pack) {
    ENTER(0)
    if (!usable(plan, __func__) || !usable(pack, __func__) || !usable(plan->graph, __func__) || !plan->finalized ||
        !pack->finalized) {
        return BAD_PARAM;
    }
    step steps[MAX_STEPS];
    const descriptor *graph = plan->graph, *first = child(graph, 801, 0), *result;
    execution e = {.count = steps_of(graph, steps, &result)};
    static const int descriptors[] = {702, 714, 708}, kinds[] = {0, 2, 1};
    const descriptor* c = child(first, descriptors[first->type - FORWARD], 0);
    tensor f = image(operand(first, 1));
    work* j = &e.convolution;
    *j = (work){.kind = kinds[first->type - FORWARD],
                .x = image(operand(first, 0)),
                .y = image(operand(first, 2)),
                .f = {f.n, f.c, f.h, f.w, f.type},
                .d = {.padding_h = number(c, 105, 0),
                      .padding_w = number(c, 105, 1),
                      .stride_h = number(c, 103, 0),
                      .stride_w = number(c, 103, 1),
                      .math = plan->engine->note_count && plan->engine->notes[0] == 0 ? 0 : FMA},
                .time = plan->engine->time,
                .bytes = plan->engine->workspace};
    e.type = j->x.type;
    void* roles[3];
    for (int i = 0; i < 3; i++) {
        const descriptor* t = i == 2 ? result : operand(first, i);
        if (i == 2 && j->kind != 0) {
            t = operand(first, 2);
        }
        roles[i] = address_of(pack, t);
        if (!roles[i]) {
            return BAD_PARAM;
        }
    }
    j->a = roles[j->kind == 1 ? 2 : 0];
    j->b = roles[j->kind == 2 ? 2 : 1];
    e.out = roles[j->kind == 0 ? 2 : j->kind == 1 ? 0 : 1];
    for (int i = 0; i < e.count; i++) {
        if (steps[i].added) {
            e.steps[i].added = address_of(pack, steps[i].added);
            e.steps[i].is_bias =
                image(steps[i].added).n == 1 && image(steps[i].added).h == 1 && image(steps[i].added).w == 1;
            if (!e.steps[i].added) {
                return BAD_PARAM;
            }
        }
        e.steps[i].slope = steps[i].slope;
    }
    j->workspace = ((void**)find(pack, 1003)->bytes)[0];
    if (j->bytes && !mock_is_device(j->workspace, j->bytes)) {
        return BAD_PARAM;
    }
    return mock_enqueue(h->stream, "convolution", run, &e, sizeof e) ? EXECUTION_FAILED : 0;
}
