/**
 * One self-contained HTML page about a run: no script, nothing fetched. Describe it with a
 * {@link tandem.tools.report.Report}, write it with {@link tandem.tools.report.HtmlReport};
 * {@link tandem.tools.report.EvaluationReport}, {@link tandem.tools.report.DataReport} and
 * {@link tandem.tools.report.TrainingCurves} make the parts that most runs have.
 */
package tandem.tools.report;
