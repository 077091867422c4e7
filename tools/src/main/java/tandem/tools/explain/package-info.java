/** {@code tandem explain}: where a network looks. Start at {@link tandem.tools.explain.ExplainCommand}. */
package tandem.tools.explain;
