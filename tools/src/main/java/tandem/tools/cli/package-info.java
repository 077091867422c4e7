/**
 * The entry point of the {@code tandem} command, {@link tandem.tools.cli.Tandem}: it registers one class for each
 * command and turns every failure into one line and an exit code (0 success, 1 failure, 2 wrong usage or input). Not an
 * API: programs run the command, or use {@code tandem.model}.
 */
package tandem.tools.cli;
