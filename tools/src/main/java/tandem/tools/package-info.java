/**
 * What the commands share: options such as {@link tandem.tools.DeviceOption} and {@link tandem.tools.OutputOption}, the
 * result file, and the error of wrong input. Each command has a package below this one; they start in
 * {@code tandem.tools.cli.Tandem}. Not an API: programs run the command, or use {@code tandem.model}.
 */
package tandem.tools;
