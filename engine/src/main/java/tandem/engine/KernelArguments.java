package tandem.engine;

/**
 * A record whose components are arguments of a kernel, in the order of its {@code .param} list. It is passed in their
 * place wherever a kernel launch takes arguments; a component may be such a record itself, or an array of arguments.
 *
 * <pre>{@code
 * record Copy(Tensor from, Tensor to, int elements, Divisor row) implements KernelArguments {}
 * }</pre>
 *
 * Kernels with more than eight arguments get theirs so. A class that is no record is rejected when it is passed.
 */
public interface KernelArguments {}
