/**
 * {@code tandem bundle}: a folder that runs Tandem on a machine without a JDK and without a network. Start at
 * {@link tandem.tools.bundle.BundleCommand}; {@link tandem.tools.bundle.Bundle} says what lies where.
 */
package tandem.tools.bundle;
