/** {@code tandem explain}: Grad-CAM heat maps. Start at {@link tandem.tools.explain.ExplainCommand}. Not an API. */
package tandem.tools.explain;
