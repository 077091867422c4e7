package tandem.tools.report;

/** The style sheet of a report, for the screen and for paper. */
final class HtmlStyle {

    static final String TEXT = """
            :root { color-scheme: light; }
            body { margin: 0; background: #fafafa; color: #222; font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
            main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
            h1 { font-size: 26px; margin: 0 0 4px; }
            h2 { font-size: 18px; margin: 40px 0 12px; padding-top: 12px; border-top: 1px solid #ddd; }
            p { margin: 0 0 12px; max-width: 76ch; }
            .summary, .note, .headline .note { color: #555; }
            .headlines { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
            .headline { background: #fff; border: 1px solid #ddd; border-radius: 6px; padding: 12px 16px; min-width: 130px; flex: 1 1 130px; }
            .headline .name { color: #555; }
            .headline .value { font-size: 28px; font-weight: 600; font-variant-numeric: tabular-nums; }
            .headline .note { font-size: 13px; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; background: #fff; border: 1px solid #ddd; font-variant-numeric: tabular-nums; }
            th, td { padding: 5px 14px; text-align: right; border-bottom: 1px solid #eee; }
            th { font-weight: 600; background: #f3f3f3; }
            th:first-child, td:first-child, table.facts td, table.facts th { text-align: left; }
            table.facts td:first-child { color: #555; white-space: nowrap; vertical-align: top; }
            table.facts td { overflow-wrap: anywhere; vertical-align: top; }
            table.facts td:nth-child(3) { overflow-wrap: normal; min-width: 6em; }
            .note { font-size: 13px; margin-top: 8px; }
            .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 12px; }
            .chart { background: #fff; border: 1px solid #ddd; padding: 8px; }
            svg, img { display: block; max-width: 100%; height: auto; }
            figure { margin: 0 0 20px; }
            figcaption { color: #555; font-size: 13px; margin-top: 4px; }
            p.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; max-width: none; }
            p.legend svg { display: inline-block; vertical-align: -1px; }
            .strip { margin: 0 0 20px; }
            .strip .caption { margin: 0 0 4px; max-width: none; overflow-wrap: anywhere; }
            .strip .row { display: flex; gap: 8px; align-items: flex-start; flex-wrap: wrap; }
            .strip figure { margin: 0; flex: 0 1 auto; max-width: calc((100% - 16px) / 3); }
            .strip.many figure { max-width: calc((100% - 32px) / 5); }
            .chart text { font-family: inherit; }
            @page { margin: 15mm; }
            @media print {
                body { background: #fff; font-size: 10pt; }
                main { max-width: none; padding: 0; }
                h2 { break-after: avoid; margin-top: 20px; }
                h2, tr, figure, .chart, .headline, .strip, p { break-inside: avoid; }
                .scroll { overflow: visible; }
                table { font-size: 8pt; }
                th, td { padding: 2px 5px; }
                thead { display: table-header-group; }
                .charts { grid-template-columns: 1fr 1fr; }
            }
            """;

    private HtmlStyle() {}
}
