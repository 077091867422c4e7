/**
 * The instruction forms that the translator knows, family by family, each with the bytecode it becomes. Start at
 * {@link tandem.kernels.translate.forms.FormTable}; a new instruction is one line in one of its families and one file
 * of the corpus in the tests.
 */
package tandem.kernels.translate.forms;
