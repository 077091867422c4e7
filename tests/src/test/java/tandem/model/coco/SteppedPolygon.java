package tandem.model.coco;

/**
 * The pixels of a polygon by COCO's rule, computed as its reference implementation does: every step of every edge on
 * the grid of fifths of a pixel, then every pixel of the image. Slow, for comparison.
 */
final class SteppedPolygon {

    private SteppedPolygon() {}

    /** (height, width), 1 inside. */
    static byte[] fill(int width, int height, double[] polygon) {
        int vertices = polygon.length / 2;
        boolean[] toggles = new boolean[width * height + 1];
        for (int i = 0; i < vertices; i++) {
            int j = (i + 1) % vertices;
            int x0 = (int) (5 * polygon[2 * i] + 0.5);
            int y0 = (int) (5 * polygon[2 * i + 1] + 0.5);
            int x1 = (int) (5 * polygon[2 * j] + 0.5);
            int y1 = (int) (5 * polygon[2 * j + 1] + 0.5);
            boolean flat = Math.abs(x1 - x0) >= Math.abs(y1 - y0);
            if (flat ? x0 > x1 : y0 > y1) {
                int x = x0;
                int y = y0;
                x0 = x1;
                y0 = y1;
                x1 = x;
                y1 = y;
            }
            int steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
            double slope = flat ? (double) (y1 - y0) / steps : (double) (x1 - x0) / steps;
            int lastX = x0;
            int lastY = y0;
            for (int step = 1; step <= steps; step++) {
                int x = flat ? x0 + step : (int) (x0 + slope * step + 0.5);
                int y = flat ? (int) (y0 + slope * step + 0.5) : y0 + step;
                int left = Math.min(lastX, x);
                if (x != lastX && left >= 2 && left % 5 == 2 && left / 5 < width) {
                    int row = (int) Math.ceil((Math.min(lastY, y) + 0.5) / 5 - 0.5);
                    toggles[left / 5 * height + Math.max(0, Math.min(height, row))] ^= true;
                }
                lastX = x;
                lastY = y;
            }
        }
        byte[] mask = new byte[width * height];
        boolean inside = false;
        for (int at = 0; at < width * height; at++) {
            inside ^= toggles[at];
            mask[at % height * width + at / height] = (byte) (inside ? 1 : 0);
        }
        return mask;
    }
}
