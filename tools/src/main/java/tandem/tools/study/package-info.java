/**
 * {@code tandem study}: which strategy pays on one's own data. Runs strategies, seeds and annotation budgets, compares
 * them with intervals, and writes a report. Start at {@link tandem.tools.study.StudyCommand};
 * {@link tandem.tools.study.StudyPlan} is what is to be run, {@link tandem.tools.study.ResultsFile} what has been run,
 * {@link tandem.tools.study.StudyComparison} what it says.
 */
package tandem.tools.study;
