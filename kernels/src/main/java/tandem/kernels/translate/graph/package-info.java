/**
 * A kernel as basic blocks, and the passes over them that do not depend on what it is translated to. Internal: public
 * for {@code tandem.kernels.translate} alone. Start at {@link tandem.kernels.translate.graph.KernelGraph}.
 */
package tandem.kernels.translate.graph;
