/** The rows of the operation test table, one file for each family; see {@link tandem.engine.operation.OperationRow}. */
package tandem.engine.operation.rows;
