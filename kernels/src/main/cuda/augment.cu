// Augmentation: each image has 12 parameters,
//   0 width, 1 height        extent of the image, in source pixels; a row in memory has ceil(width) pixels
//   2 scale x, 3 offset x    source x = scale x * u + offset x for u in [0, 1] across the canvas; negative scales flip
//   4 scale y, 5 offset y    the same for y
//   6 brightness             added, in steps of 1/255
//   7 contrast               factor after brightness
//   8 hue                    turn in sixths of a circle
//   9 saturation             factor
//  10 masked                 1 when the image has a mask, else 0
//  11 unused
// The canvas outside of the image is gray 114, its mask 255. Pixel centers have half-integer coordinates.

#define PARAMETERS 12
#define FILL 114.0f

static __device__ __forceinline__ float clamp(float x, float low, float high) {
    return fminf(fmaxf(x, low), high);
}

static __device__ __forceinline__ float mix(float a, float b, float t) {
    return a + t * (b - a);
}

// One channel of an HSV color: value v, chroma c = v * saturation, hue h in sixths, n = 5, 3, 1 for red, green, blue.
static __device__ __forceinline__ float channel(float v, float c, float h, float n) {
    float k = n + h;
    k -= 6.0f * floorf(k * (1.0f / 6.0f));
    return v - c * clamp(fminf(k, 4.0f - k), 0.0f, 1.0f);
}

// pixels (N, capacity, 3) bytes, parameters (N, 12), images (N, canvas_height, canvas_width, 3), per_column = 1 /
// canvas_width, per_row = 1 / canvas_height; one thread for a pixel of the canvas, n in all.
extern "C" __global__ void __launch_bounds__(128)
    augment_images(const unsigned char* __restrict__ pixels, const float* __restrict__ parameters,
                   float* __restrict__ images, int capacity, int canvas_width, int canvas_height, float per_column,
                   float per_row, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int row = i / canvas_width;
    int column = i - row * canvas_width;
    int image = row / canvas_height;
    row -= image * canvas_height;
    const float* p = parameters + image * PARAMETERS;
    const unsigned char* source = pixels + (size_t)image * (size_t)capacity * 3;
    float width = p[0];
    float height = p[1];
    int columns = (int)ceilf(width);
    int last_x = columns - 1;
    int last_y = (int)ceilf(height) - 1;
    float step_x = p[2] * per_column;
    float step_y = p[4] * per_row;
    int taps_x = (int)clamp(ceilf(fabsf(step_x) * 0.5f), 1.0f, 8.0f);
    int taps_y = (int)clamp(ceilf(fabsf(step_y) * 0.5f), 1.0f, 8.0f);
    float tap_x = step_x;
    float tap_y = step_y;
    if (taps_x > 1) {
        tap_x /= (float)taps_x;
    }
    if (taps_y > 1) {
        tap_y /= (float)taps_y;
    }
    float start_x = (float)column * step_x + p[3] + 0.5f * tap_x;
    float start_y = (float)row * step_y + p[5] + 0.5f * tap_y;

    float red = 0.0f;
    float green = 0.0f;
    float blue = 0.0f;
    float inside = 0.0f;
#pragma unroll 1
    for (int ty = 0; ty < taps_y; ty++) {
        float y = start_y + (float)ty * tap_y;
        if (!(y >= 0.0f && y < height)) {
            continue;
        }
        float fy = y - 0.5f;
        float floor_y = floorf(fy);
        float ry = fy - floor_y;
        int y0 = (int)floor_y;
        int row_a = max(y0, 0) * columns;
        int row_b = min(y0 + 1, last_y) * columns;
#pragma unroll 1
        for (int tx = 0; tx < taps_x; tx++) {
            float x = start_x + (float)tx * tap_x;
            if (!(x >= 0.0f && x < width)) {
                continue;
            }
            float fx = x - 0.5f;
            float floor_x = floorf(fx);
            float rx = fx - floor_x;
            int x0 = (int)floor_x;
            int left = max(x0, 0);
            int right = min(x0 + 1, last_x);
            const unsigned char* a = source + 3 * (row_a + left);
            // An image that is not scaled has samples at the centers of its pixels.
            if (rx != 0.0f || ry != 0.0f) {
                const unsigned char* b = source + 3 * (row_a + right);
                const unsigned char* c = source + 3 * (row_b + left);
                const unsigned char* d = source + 3 * (row_b + right);
                red += mix(mix((float)a[0], (float)b[0], rx), mix((float)c[0], (float)d[0], rx), ry);
                green += mix(mix((float)a[1], (float)b[1], rx), mix((float)c[1], (float)d[1], rx), ry);
                blue += mix(mix((float)a[2], (float)b[2], rx), mix((float)c[2], (float)d[2], rx), ry);
            } else {
                red += (float)a[0];
                green += (float)a[1];
                blue += (float)a[2];
            }
            inside += 1.0f;
        }
    }

    if (inside > 0.0f) {
        float share = 1.0f;
        if (inside != 1.0f) {
            share /= inside;
        }
        float r = clamp((red * share + p[6]) * p[7], 0.0f, 255.0f);
        float g = clamp((green * share + p[6]) * p[7], 0.0f, 255.0f);
        float b = clamp((blue * share + p[6]) * p[7], 0.0f, 255.0f);
        if (p[8] != 0.0f || p[9] != 1.0f) {
            float v = fmaxf(fmaxf(r, g), b);
            float c = v - fminf(fminf(r, g), b);
            if (c > 0.0f) {
                float more = fminf(c * p[9], v);
                if (p[8] == 0.0f) {
                    more /= c;
                    r = v - more * (v - r);
                    g = v - more * (v - g);
                    b = v - more * (v - b);
                } else {
                    float h;
                    if (v == r) {
                        h = (g - b) / c;
                    } else if (v == g) {
                        h = 2.0f + (b - r) / c;
                    } else {
                        h = 4.0f + (r - g) / c;
                    }
                    h += p[8];
                    r = channel(v, more, h, 5.0f);
                    g = channel(v, more, h, 3.0f);
                    b = channel(v, more, h, 1.0f);
                }
            }
        }
        red = r;
        green = g;
        blue = b;
        float taps = (float)(taps_x * taps_y);
        if (inside != taps) {
            float cover = inside / taps;
            red = FILL + cover * (r - FILL);
            green = FILL + cover * (g - FILL);
            blue = FILL + cover * (b - FILL);
        }
    } else {
        red = FILL;
        green = FILL;
        blue = FILL;
    }
    // (x / 255 - mean) / deviation of each channel
    images[3 * i] = red * (1.0f / (255.0f * 0.229f)) - 0.485f / 0.229f;
    images[3 * i + 1] = green * (1.0f / (255.0f * 0.224f)) - 0.456f / 0.224f;
    images[3 * i + 2] = blue * (1.0f / (255.0f * 0.225f)) - 0.406f / 0.225f;
}

// masks (N, capacity) bytes, parameters (N, 12), canvas (N, canvas_height, canvas_width) bytes: the class
// under each center; n threads.
extern "C" __global__ void __launch_bounds__(256)
    augment_masks(const unsigned char* __restrict__ masks, const float* __restrict__ parameters,
                  unsigned char* __restrict__ canvas, int capacity, int canvas_width, int canvas_height,
                  float per_column, float per_row, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int row = i / canvas_width;
    int column = i - row * canvas_width;
    int image = row / canvas_height;
    row -= image * canvas_height;
    const float* p = parameters + image * PARAMETERS;
    float x = ((float)column + 0.5f) * (p[2] * per_column) + p[3];
    float y = ((float)row + 0.5f) * (p[4] * per_row) + p[5];
    int label = 255;
    if (p[10] != 0.0f && x >= 0.0f && x < p[0] && y >= 0.0f && y < p[1]) {
        const unsigned char* source = masks + (size_t)image * (size_t)capacity;
        label = source[(int)y * (int)ceilf(p[0]) + (int)x];
    }
    canvas[i] = (unsigned char)label;
}

// boxes (N, max_boxes, 4) source pixels, labels (N, max_boxes), counts (N): the boxes whose center lies on the canvas,
// clipped to it, as fractions of it, in their order; the rest is zero. One thread for an image, n in all.
extern "C" __global__ void __launch_bounds__(32)
    augment_boxes(const float* __restrict__ boxes, const int* __restrict__ labels, const int* __restrict__ counts,
                  const float* __restrict__ parameters, float* __restrict__ kept_boxes, int* __restrict__ kept_labels,
                  int* __restrict__ kept_counts, int max_boxes, int n) {
    int image = blockIdx.x * blockDim.x + threadIdx.x;
    if (image >= n) {
        return;
    }
    const float* p = parameters + image * PARAMETERS;
    int count = min(max(counts[image], 0), max_boxes);
    int first = image * max_boxes;
    int kept = 0;
#pragma unroll 1
    for (int j = 0; j < count; j++) {
        const float* box = boxes + 4 * (first + j);
        float xa = (box[0] - p[3]) / p[2];
        float ya = (box[1] - p[5]) / p[4];
        float xb = (box[2] - p[3]) / p[2];
        float yb = (box[3] - p[5]) / p[4];
        float center_x = 0.5f * (xa + xb);
        float center_y = 0.5f * (ya + yb);
        float x0 = fmaxf(fminf(xa, xb), 0.0f);
        float y0 = fmaxf(fminf(ya, yb), 0.0f);
        float x1 = fminf(fmaxf(xa, xb), 1.0f);
        float y1 = fminf(fmaxf(ya, yb), 1.0f);
        if (center_x >= 0.0f && center_x < 1.0f && center_y >= 0.0f && center_y < 1.0f && x0 < x1 && y0 < y1) {
            float* out = kept_boxes + 4 * (first + kept);
            out[0] = x0;
            out[1] = y0;
            out[2] = x1;
            out[3] = y1;
            kept_labels[first + kept] = labels[first + j];
            kept++;
        }
    }
    kept_counts[image] = kept;
#pragma unroll 1
    for (int j = kept; j < max_boxes; j++) {
        float* out = kept_boxes + 4 * (first + j);
        out[0] = 0.0f;
        out[1] = 0.0f;
        out[2] = 0.0f;
        out[3] = 0.0f;
        kept_labels[first + j] = 0;
    }
}
