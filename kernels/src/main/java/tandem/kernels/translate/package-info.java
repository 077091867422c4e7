/**
 * Turns a kernel of a PTX module into machine code or JVM bytecode, so that the kernel that runs on a GPU also runs
 * without one. {@link tandem.kernels.translate.Translator#translate} is the entry point of this API and returns a
 * {@link tandem.kernels.translate.HostKernel}. The passes, in order, each a class of its own: BuildBlocks,
 * PropagateConstants, InferKinds, FindInvariants, Liveness, ResumePoint of {@code graph}, then AssignSlots;
 * SegmentEmitter writes one method per resume point. Machine code is made by {@code x86}, from the same blocks. Run
 * with {@code -Dtandem.ptx.dump=PASS}, PASS one of blocks, constants, kinds, invariants, liveness, segments and slots,
 * to see the result of a pass.
 */
package tandem.kernels.translate;
