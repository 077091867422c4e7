/**
 * Progress as people see it: one line that is rewritten in place on a terminal, a line now and then elsewhere. Start at
 * {@link tandem.tools.console.LiveLine}.
 */
package tandem.tools.console;
