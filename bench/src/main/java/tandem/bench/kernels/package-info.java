/** How much of other people's CUDA the translator takes, and how fast translated kernels are. */
package tandem.bench.kernels;
