/**
 * Turns a kernel of a PTX module into JVM bytecode, so that the kernel that runs on a GPU also runs without one.
 * {@link tandem.kernels.translate.Translator#translate} is the entry point of this API and returns a
 * {@link tandem.kernels.translate.HostKernel}. The passes, in order, each a class of its own: BuildBlocks,
 * PropagateConstants, InferKinds, FindInvariants, Liveness, ResumePoint, AssignSlots; SegmentEmitter then writes one
 * method per resume point. Run with {@code -Dtandem.ptx.dump=PASS}, PASS one of blocks, constants, kinds, invariants,
 * liveness, segments and slots, to see the result of a pass.
 */
package tandem.kernels.translate;
