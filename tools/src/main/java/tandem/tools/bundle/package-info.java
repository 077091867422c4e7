/**
 * {@code tandem bundle}: makes a folder that runs Tandem on a machine without a JDK and without a network. Start at
 * {@link tandem.tools.bundle.BundleCommand}; {@link tandem.tools.bundle.Bundle} describes the layout. Not an API.
 */
package tandem.tools.bundle;
