// Augmentation: each image has 12 parameters,
//   0 width, 1 height        extent of the image, in source pixels; a row in memory has ceil(width) pixels
//   2 scale x, 3 offset x    source x = scale x * u + offset x for u in [0, 1] across the canvas; negative scales flip
//   4 scale y, 5 offset y    likewise for y
//   6 brightness             added, in steps of 1/255
//   7 contrast               factor after brightness
//   8 hue                    turn in sixths of a circle
//   9 saturation             factor
//  10 masked                 1 when the image has a mask, else 0
//  11 unused
// The canvas outside of the image is grey 114, its mask 255. Pixel centres lie at half numbers.

#define PARAMETERS 12
#define FILL 114.0f

static __device__ __forceinline__ float clamp(float x, float low, float high) {
    return fminf(fmaxf(x, low), high);
}

static __device__ __forceinline__ float mix(float a, float b, float t) {
    return a + t * (b - a);
}

// One channel of an HSV colour: value v, chroma c = v * saturation, hue h in sixths, n = 5, 3, 1 for red, green, blue.
static __device__ __forceinline__ float channel(float v, float c, float h, float n) {
    float k = n + h;
    k -= 6.0f * floorf(k * (1.0f / 6.0f));
    return v - c * clamp(fminf(k, 4.0f - k), 0.0f, 1.0f);
}

// pixels (N, capacity, 3) bytes, parameters (N, 12), images (N, side, side, 3), perPixel = 1 / side; one thread for a
// pixel of the canvas, n in all.
extern "C" __global__ void __launch_bounds__(128)
    augment_images(const unsigned char* __restrict__ pixels, const float* __restrict__ parameters,
                   float* __restrict__ images, int capacity, int side, float perPixel, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int row = i / side;
    int column = i - row * side;
    int image = row / side;
    row -= image * side;
    const float* p = parameters + image * PARAMETERS;
    const unsigned char* source = pixels + (size_t)image * (size_t)capacity * 3;
    float width = p[0];
    float height = p[1];
    int columns = (int)ceilf(width);
    int lastX = columns - 1;
    int lastY = (int)ceilf(height) - 1;
    float stepX = p[2] * perPixel;
    float stepY = p[4] * perPixel;
    int tapsX = (int)clamp(ceilf(fabsf(stepX) * 0.5f), 1.0f, 8.0f);
    int tapsY = (int)clamp(ceilf(fabsf(stepY) * 0.5f), 1.0f, 8.0f);
    float tapX = stepX;
    float tapY = stepY;
    if (tapsX > 1) {
        tapX /= (float)tapsX;
    }
    if (tapsY > 1) {
        tapY /= (float)tapsY;
    }
    float startX = (float)column * stepX + p[3] + 0.5f * tapX;
    float startY = (float)row * stepY + p[5] + 0.5f * tapY;

    float red = 0.0f;
    float green = 0.0f;
    float blue = 0.0f;
    float inside = 0.0f;
#pragma unroll 1
    for (int ty = 0; ty < tapsY; ty++) {
        float y = startY + (float)ty * tapY;
        if (!(y >= 0.0f && y < height)) {
            continue;
        }
        float fy = y - 0.5f;
        float floorY = floorf(fy);
        float ry = fy - floorY;
        int y0 = (int)floorY;
        int rowA = max(y0, 0) * columns;
        int rowB = min(y0 + 1, lastY) * columns;
#pragma unroll 1
        for (int tx = 0; tx < tapsX; tx++) {
            float x = startX + (float)tx * tapX;
            if (!(x >= 0.0f && x < width)) {
                continue;
            }
            float fx = x - 0.5f;
            float floorX = floorf(fx);
            float rx = fx - floorX;
            int x0 = (int)floorX;
            int left = max(x0, 0);
            int right = min(x0 + 1, lastX);
            const unsigned char* a = source + 3 * (rowA + left);
            const unsigned char* b = source + 3 * (rowA + right);
            const unsigned char* c = source + 3 * (rowB + left);
            const unsigned char* d = source + 3 * (rowB + right);
            red += mix(mix((float)a[0], (float)b[0], rx), mix((float)c[0], (float)d[0], rx), ry);
            green += mix(mix((float)a[1], (float)b[1], rx), mix((float)c[1], (float)d[1], rx), ry);
            blue += mix(mix((float)a[2], (float)b[2], rx), mix((float)c[2], (float)d[2], rx), ry);
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
        float taps = (float)(tapsX * tapsY);
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

// masks (N, capacity) bytes, parameters (N, 12), canvas (N, side, side) bytes: the class under each centre; n threads.
extern "C" __global__ void __launch_bounds__(256)
    augment_masks(const unsigned char* __restrict__ masks, const float* __restrict__ parameters,
                  unsigned char* __restrict__ canvas, int capacity, int side, float perPixel, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int row = i / side;
    int column = i - row * side;
    int image = row / side;
    row -= image * side;
    const float* p = parameters + image * PARAMETERS;
    float x = ((float)column + 0.5f) * (p[2] * perPixel) + p[3];
    float y = ((float)row + 0.5f) * (p[4] * perPixel) + p[5];
    int label = 255;
    if (p[10] != 0.0f && x >= 0.0f && x < p[0] && y >= 0.0f && y < p[1]) {
        const unsigned char* source = masks + (size_t)image * (size_t)capacity;
        label = source[(int)y * (int)ceilf(p[0]) + (int)x];
    }
    canvas[i] = (unsigned char)label;
}

// boxes (N, most, 4) source pixels, labels (N, most), counts (N): those whose centre lies on the canvas, clipped to it,
// as fractions of it, in their order; what follows them is zero. One thread for an image, n in all.
extern "C" __global__ void __launch_bounds__(32)
    augment_boxes(const float* __restrict__ boxes, const int* __restrict__ labels, const int* __restrict__ counts,
                  const float* __restrict__ parameters, float* __restrict__ keptBoxes, int* __restrict__ keptLabels,
                  int* __restrict__ keptCounts, int most, int n) {
    int image = blockIdx.x * blockDim.x + threadIdx.x;
    if (image >= n) {
        return;
    }
    const float* p = parameters + image * PARAMETERS;
    int count = min(max(counts[image], 0), most);
    int first = image * most;
    int kept = 0;
#pragma unroll 1
    for (int j = 0; j < count; j++) {
        const float* box = boxes + 4 * (first + j);
        float xa = (box[0] - p[3]) / p[2];
        float ya = (box[1] - p[5]) / p[4];
        float xb = (box[2] - p[3]) / p[2];
        float yb = (box[3] - p[5]) / p[4];
        float centreX = 0.5f * (xa + xb);
        float centreY = 0.5f * (ya + yb);
        float x0 = fmaxf(fminf(xa, xb), 0.0f);
        float y0 = fmaxf(fminf(ya, yb), 0.0f);
        float x1 = fminf(fmaxf(xa, xb), 1.0f);
        float y1 = fminf(fmaxf(ya, yb), 1.0f);
        if (centreX >= 0.0f && centreX < 1.0f && centreY >= 0.0f && centreY < 1.0f && x0 < x1 && y0 < y1) {
            float* out = keptBoxes + 4 * (first + kept);
            out[0] = x0;
            out[1] = y0;
            out[2] = x1;
            out[3] = y1;
            keptLabels[first + kept] = labels[first + j];
            kept++;
        }
    }
    keptCounts[image] = kept;
#pragma unroll 1
    for (int j = kept; j < most; j++) {
        float* out = keptBoxes + 4 * (first + j);
        out[0] = 0.0f;
        out[1] = 0.0f;
        out[2] = 0.0f;
        out[3] = 0.0f;
        keptLabels[first + j] = 0;
    }
}
