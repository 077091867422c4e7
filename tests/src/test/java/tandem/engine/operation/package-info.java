/**
 * The operation test table: every operation of a graph is one or more rows in {@code rows}, and each row is held
 * against a plain double-precision reference in all modes. Start at {@link tandem.engine.operation.OperationRow}, then
 * look at a file of rows; {@link tandem.engine.operation.OperationTable} lists them all and its main prints the support
 * matrix and the speeds.
 */
package tandem.engine.operation;
