/**
 * The instruction forms that the translator supports, family by family, each with the bytecode that it emits. Internal:
 * public for {@code tandem.kernels.translate} alone. Start at {@link tandem.kernels.translate.forms.FormTable}; a new
 * instruction is one line in one of its families and one file of the corpus in the tests.
 */
package tandem.kernels.translate.forms;
