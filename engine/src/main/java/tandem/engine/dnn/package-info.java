/**
 * Internal: operations of {@link tandem.engine.Dnn} that are kernels of this project on every device, such as
 * {@link tandem.engine.dnn.BatchNormKernels}, and what makes a {@link tandem.engine.Dnn.Primitive} from commands.
 */
package tandem.engine.dnn;
