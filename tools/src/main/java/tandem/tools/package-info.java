/**
 * The {@code tandem} command line. {@link tandem.tools.Tandem} is the way in: it registers one class per command, turns
 * every failure into one line and an exit code (0 done, 1 failed, 2 wrong usage or input), and nothing else. Options
 * that several commands share are mixins ({@link tandem.tools.DeviceOption}, {@link tandem.tools.OutputOption}).
 */
package tandem.tools;
