/**
 * {@code tandem study}: compares training strategies on the data of a user. Trains strategies with several seeds and
 * annotation budgets, compares them with confidence intervals, and writes a report. Start at
 * {@link tandem.tools.study.StudyCommand}; {@link tandem.tools.study.StudyPlan} is the plan,
 * {@link tandem.tools.study.ResultsFile} the results, {@link tandem.tools.study.StudyComparison} the statistics. Not an
 * API.
 */
package tandem.tools.study;
