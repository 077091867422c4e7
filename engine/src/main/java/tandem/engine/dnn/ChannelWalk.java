package tandem.engine.dnn;

import tandem.engine.KernelArguments;
import tandem.kernels.Grid;

/**
 * How kernels walk over an image seen as (rows, C): what a thread and a block process. Rows are added in chunks, in an
 * order that depends on the sizes alone.
 */
public sealed interface ChannelWalk permits ChannelRows, ChannelLanes {

    /** Pixels of all images. */
    int rows();

    /** C. */
    int channels();

    /** Rows that are added to one partial sum. */
    int rowsPerChunk();

    /** Partial sums of each channel. */
    default int chunks() {
        return (rows() + rowsPerChunk() - 1) / rowsPerChunk();
    }

    /** The variant of a kernel that processes all elements. */
    String kernel(String name);

    /** The variant of a kernel that adds partial sums. */
    String finishKernel(String name);

    /** The grid of the kernels that make partial sums. */
    Grid partialGrid();

    /** What those take of this. */
    KernelArguments partialWalk();

    /** The grid of the kernels that finish them. */
    Grid finishGrid();

    /** The grid of the kernels that process each element by itself. */
    Grid elementGrid();

    /** What those take of this. */
    KernelArguments elementWalk();
}
