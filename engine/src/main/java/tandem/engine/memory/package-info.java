/**
 * Internal: the memory that a device has allocated, and commands that check it. Both devices use these classes; start
 * at {@link tandem.engine.memory.Allocations}. Programs that embed the engine use {@link tandem.engine.Buffer} and
 * {@link tandem.engine.Command} instead.
 */
package tandem.engine.memory;
