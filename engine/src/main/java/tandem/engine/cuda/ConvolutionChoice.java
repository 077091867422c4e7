package tandem.engine.cuda;

/**
 * How one convolution is done.
 *
 * @param method by which call
 * @param algorithm cuDNN's number for it; 0 for cuBLAS
 * @param math cuDNN's math type; 0 for cuBLAS
 * @param workspaceBytes scratch memory it needs
 */
record ConvolutionChoice(Method method, int algorithm, int math, long workspaceBytes) {

    /** The calls there are. */
    enum Method {
        /** cuDNN, followed by a kernel of this project for bias, residual and activation if there are any. */
        CUDNN,
        /** cuDNN with bias, residual and activation in the same call. */
        CUDNN_FUSED,
        /** A 1x1 convolution as a product of cuBLAS's, followed by that kernel. */
        CUBLAS
    }

    /** One line of the cache file. */
    String text() {
        return method + "\t" + algorithm + "\t" + math + "\t" + workspaceBytes;
    }

    /** Reads {@link #text}; null when it is not such a line. */
    static ConvolutionChoice parse(String text) {
        String[] parts = text.split("\t", -1);
        try {
            return parts.length != 4
                    ? null
                    : new ConvolutionChoice(
                            Method.valueOf(parts[0]),
                            Integer.parseInt(parts[1]),
                            Integer.parseInt(parts[2]),
                            Long.parseLong(parts[3]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
