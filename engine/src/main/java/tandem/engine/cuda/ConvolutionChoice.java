package tandem.engine.cuda;

/**
 * How one convolution is done.
 *
 * @param method by which call
 * @param algorithm cuDNN's number for it; 0 for cuBLAS and the graph API
 * @param math cuDNN's math type; 0 for cuBLAS and the graph API
 * @param workspaceBytes scratch memory it needs
 * @param engine the graph API's engine with its knobs as in {@link EngineConfiguration#text}; empty for other methods
 */
record ConvolutionChoice(Method method, int algorithm, int math, long workspaceBytes, String engine) {

    /** The calls there are. */
    enum Method {
        /** cuDNN, followed by a kernel of this project for bias, residual and activation if there are any. */
        CUDNN,
        /** cuDNN with bias, residual and activation in the same call. */
        CUDNN_FUSED,
        /** A 1x1 convolution as a product of cuBLAS's, followed by that kernel. */
        CUBLAS,
        /** A plan of cuDNN's graph API, followed by that kernel. */
        GRAPH,
        /** A plan of cuDNN's graph API with bias, residual and activation in it. */
        GRAPH_FUSED;

        /** Whether it executes a plan. */
        boolean isGraph() {
            return this == GRAPH || this == GRAPH_FUSED;
        }

        /**
         * Whether bias, residual and activation are part of the call, which takes the bias in the type of the images.
         */
        boolean isFused() {
            return this == CUDNN_FUSED || this == GRAPH_FUSED;
        }
    }

    /** A choice that needs no engine's name. */
    ConvolutionChoice(Method method, int algorithm, int math, long workspaceBytes) {
        this(method, algorithm, math, workspaceBytes, "");
    }

    /** One line of the cache file. */
    String text() {
        return method + "\t" + algorithm + "\t" + math + "\t" + workspaceBytes
                + (engine.isEmpty() ? "" : "\t" + engine);
    }

    /** Reads {@link #text}; null when it is not such a line. */
    static ConvolutionChoice parse(String text) {
        String[] parts = text.split("\t", -1);
        try {
            if (parts.length < 4) {
                return null;
            }
            Method method = Method.valueOf(parts[0]);
            return parts.length != (method.isGraph() ? 5 : 4)
                    ? null
                    : new ConvolutionChoice(
                            method,
                            Integer.parseInt(parts[1]),
                            Integer.parseInt(parts[2]),
                            Long.parseLong(parts[3]),
                            method.isGraph() ? EngineConfiguration.requireText(parts[4]) : "");
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
