/**
 * Reads PTX text. API: {@link tandem.kernels.ptx.PtxModule#parse} returns the module's variables and its entries, each
 * with parameters laid out by the PTX rules, registers resolved through nested scopes, and a flat list of labels and
 * instructions that keep their line and text. What an instruction means is not decided here.
 */
package tandem.kernels.ptx;
