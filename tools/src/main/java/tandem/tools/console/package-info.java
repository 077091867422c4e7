/**
 * Progress output: one line that is rewritten in place on a terminal, a new line at intervals elsewhere. Start at
 * {@link tandem.tools.console.LiveLine}. Not an API.
 */
package tandem.tools.console;
