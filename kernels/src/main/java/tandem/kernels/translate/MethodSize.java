package tandem.kernels.translate;

import java.util.Map;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.ResumePoint;

/**
 * How large a segment's method is.
 *
 * @param point the segment
 * @param bytes bytecode of the whole method
 * @param blocks bytecode of each basic block
 */
record MethodSize(ResumePoint point, int bytes, Map<BasicBlock, Integer> blocks) {

    @Override
    public String toString() {
        return SegmentEmitter.methodName(point) + ": " + bytes + " bytes of bytecode in " + blocks.size() + " blocks";
    }
}
