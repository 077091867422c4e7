/**
 * Reports about a run as one self-contained HTML file without scripts and external resources. Describe one with a
 * {@link tandem.tools.report.Report}, write it with {@link tandem.tools.report.HtmlReport};
 * {@link tandem.tools.report.EvaluationReport}, {@link tandem.tools.report.PartReport},
 * {@link tandem.tools.report.DataReport}, {@link tandem.tools.report.SettingRows} and
 * {@link tandem.tools.report.TrainingCurves} make the sections that most commands need. Captions are text beside the
 * images, and each image has an alternative text. Not an API.
 */
package tandem.tools.report;
