/**
 * The results of an evaluation in sentences, for readers who do not know the metrics. Start at
 * {@link tandem.tools.verdict.Verdict}. Not an API.
 */
package tandem.tools.verdict;
