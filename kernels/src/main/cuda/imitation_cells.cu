// Weights of cells in the loss between feature maps; they have no gradient. `cells` is (N, cells of all levels that are
// compared), a level's cells at `offset` of a row. Images without a teacher get zeros and are not read.
#include "imitation.cuh"
#include "logistic.cuh"
#include "softmax.cuh"

// The same weight for all cells of an image: its share times `scale`.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_uniform(const float* __restrict__ images, float* __restrict__ cells, float scale, int teacher,
                            int per_image, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    cells[i] = scale * images[2 * (i / per_image) + teacher];
}

// The disagreement between the class scores (N, anchors, classes) of student and teacher in the cells of one level: the
// Euclidean distance of the probabilities, mean over the cell's anchors. One thread for each cell.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_disagreement(const float* __restrict__ student, const float* __restrict__ teacher,
                                 const float* __restrict__ images, float* __restrict__ cells, int classes, int anchors,
                                 int first, int per_cell, int level_cells, int per_image, int offset, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / level_cells;
    int cell = i - n * level_cells;
    float sum = 0.0f;
    if (images[2 * n] > 0.0f) {
        int at = (n * anchors + first + cell * per_cell) * classes;
#pragma unroll 1
        for (int a = 0; a < per_cell; a++) {
            float squares = 0.0f;
#pragma unroll 1
            for (int c = 0; c < classes; c++) {
                float d = logistic(student[at]) - logistic(teacher[at]);
                squares += d * d;
                at++;
            }
            sum += sqrtf(squares);
        }
    }
    cells[n * per_image + offset + cell] = sum / (float)per_cell;
}

struct Softmax {
    float maximum;
    float inverse;
};

static __device__ __forceinline__ Softmax softmax(Row logits, int classes) {
    float maximum = best_class(logits, classes).logit;
    return {maximum, 1.0f / sum_of_exponentials(logits, classes, maximum)};
}

// The same of pixels' logits (N, rows, columns, classes): mean over the pixels of a cell, `stride` by `stride` of them
// but for the last cells of a row or column.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_disagreement_pixels(const float* __restrict__ student, const float* __restrict__ teacher,
                                        const float* __restrict__ images, float* __restrict__ cells, int classes,
                                        int rows, int columns, int stride, int level_columns, int level_cells,
                                        int per_image, int offset, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / level_cells;
    int cell = i - n * level_cells;
    float mean = 0.0f;
    if (images[2 * n + 1] > 0.0f) {
        int top = cell / level_columns * stride;
        int left = cell % level_columns * stride;
        int bottom = min(top + stride, rows);
        int right = min(left + stride, columns);
        float sum = 0.0f;
#pragma unroll 1
        for (int y = top; y < bottom; y++) {
#pragma unroll 1
            for (int x = left; x < right; x++) {
                const float* s = student + ((n * rows + y) * columns + x) * classes;
                const float* t = teacher + ((n * rows + y) * columns + x) * classes;
                Softmax p = softmax({s}, classes);
                Softmax q = softmax({t}, classes);
                float squares = 0.0f;
#pragma unroll 1
                for (int c = 0; c < classes; c++) {
                    float d = expf(s[c] - p.maximum) * p.inverse - expf(t[c] - q.maximum) * q.inverse;
                    squares += d * d;
                }
                sum += sqrtf(squares);
            }
        }
        mean = sum / (float)((bottom - top) * (right - left));
    }
    cells[n * per_image + offset + cell] = mean;
}

// Overwrites the cells of one level when its gate is 0.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_gate(const float* __restrict__ gates, float* __restrict__ cells, int level, float excluded,
                         int level_cells, int per_image, int offset, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / level_cells;
    if (gates[level] == 0.0f) {
        cells[n * per_image + offset + i - n * level_cells] = excluded;
    }
}

// One block for each image: the weights of its cells divided by their sum, times its share and `scale`.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_normalise(const float* __restrict__ images, float* __restrict__ cells, float scale, int teacher,
                              int per_image) {
    __shared__ float shared[THREADS];
    __shared__ float factor;
    float* row = cells + blockIdx.x * per_image;
    float sum = 0.0f;
#pragma unroll 1
    for (int i = threadIdx.x; i < per_image; i += THREADS) {
        sum += row[i];
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        factor = sum > 0.0f ? scale * images[2 * blockIdx.x + teacher] / sum : sum;
    }
    __syncthreads();
    float by = factor;
#pragma unroll 1
    for (int i = threadIdx.x; i < per_image; i += THREADS) {
        row[i] *= by;
    }
}

// 1 in the cells of one level whose center lies in a box, 0 elsewhere. Where an image has neither annotated nor
// generated boxes (weight 0), 1 where a score of the teacher is above one half. Boxes (N, limit) are fractions of the
// canvas.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_foreground(const float4* __restrict__ boxes, const int* __restrict__ counts,
                               const float* __restrict__ weights, const float* __restrict__ teacher,
                               const float* __restrict__ images, float* __restrict__ cells, int limit, int classes,
                               int anchors, int first, int per_cell, int level_columns, int level_cells, int per_image,
                               int offset, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / level_cells;
    int cell = i - n * level_cells;
    int inside = 0;
    if (images[2 * n] > 0.0f) {
        if (weights[2 * n] > 0.0f) {
            float y = ((float)(cell / level_columns) + 0.5f) / (float)(level_cells / level_columns);
            float x = ((float)(cell % level_columns) + 0.5f) / (float)level_columns;
            int count = counts[n];
#pragma unroll 1
            for (int b = 0; b < count; b++) {
                float4 box = boxes[n * limit + b];
                inside |= x >= box.x && y >= box.y && x <= box.z && y <= box.w ? 1 : 0;
            }
        } else {
            const float* scores = teacher + (n * anchors + first + cell * per_cell) * classes;
#pragma unroll 1
            for (int k = 0; k < per_cell * classes; k++) {
                inside |= scores[k] > 0.0f ? 1 : 0;
            }
        }
    }
    cells[n * per_image + offset + cell] = (float)inside;
}

// 1 in the cells of one level whose center pixel is an object in the mask (N, canvas_rows, canvas_columns), or, where
// an image has no mask, in the teacher's logits (N, rows, columns, classes); 0 elsewhere.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_foreground_pixels(const unsigned char* __restrict__ masks, const float* __restrict__ weights,
                                      const float* __restrict__ teacher, const float* __restrict__ images,
                                      float* __restrict__ cells, int canvas_rows, int canvas_columns, int rows,
                                      int columns, int classes, int stride, int level_columns, int level_cells,
                                      int per_image, int offset, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / level_cells;
    int cell = i - n * level_cells;
    int inside = 0;
    if (images[2 * n + 1] > 0.0f) {
        int y = min(cell / level_columns * stride + stride / 2, canvas_rows - 1);
        int x = min(cell % level_columns * stride + stride / 2, canvas_columns - 1);
        if (weights[2 * n + 1] > 0.0f) {
            int label = masks[(n * canvas_rows + y) * canvas_columns + x];
            inside = label > 0 && label < 255 ? 1 : 0;
        } else {
            int row = y * rows / canvas_rows;
            int column = x * columns / canvas_columns;
            const float* logits = teacher + ((n * rows + row) * columns + column) * classes;
#pragma unroll 1
            for (int c = 1; c < classes; c++) {
                inside |= logits[c] > logits[0] ? 1 : 0;
            }
        }
    }
    cells[n * per_image + offset + cell] = (float)inside;
}

// One block for each image, `cells` being 1, 0, or -1 for ignored cells: foreground and background cells have one half
// of the weight each, so that the weight of a cell is 1 / (2 cells of its kind), times the image's share and `scale`.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_cells_decouple(const float* __restrict__ images, float* __restrict__ cells, float scale, int teacher,
                             int per_image) {
    __shared__ float shared[THREADS];
    __shared__ float sums[2];
    float* row = cells + blockIdx.x * per_image;
    float foreground = 0.0f;
    float background = 0.0f;
#pragma unroll 1
    for (int i = threadIdx.x; i < per_image; i += THREADS) {
        float kind = row[i];
        foreground += kind > 0.5f ? 1.0f : 0.0f;
        background += kind == 0.0f ? 1.0f : 0.0f;
    }
    foreground = block_sum(foreground, shared);
    background = block_sum(background, shared);
    if (threadIdx.x == 0) {
        sums[0] = foreground;
        sums[1] = background;
    }
    __syncthreads();
    float by = scale * images[2 * blockIdx.x + teacher];
    float inside = by / fmaxf(1.0f, 2.0f * sums[0]);
    float outside = by / fmaxf(1.0f, 2.0f * sums[1]);
#pragma unroll 1
    for (int i = threadIdx.x; i < per_image; i += THREADS) {
        float kind = row[i];
        row[i] = kind > 0.5f ? inside : kind == 0.0f ? outside : 0.0f;
    }
}
