package dev.doorstep.modeltraining.report;

import dev.doorstep.modeltraining.evaluation.Curves;
import dev.doorstep.modeltraining.evaluation.Evaluation;
import dev.doorstep.modeltraining.evaluation.Metrics;
import dev.doorstep.modeltraining.evaluation.Score;
import dev.doorstep.modeltraining.evaluation.Sentence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The report of a training: one page without anything from elsewhere. */
public final class Report {
    private static final Map<String, String> NAMES = Map.of("model", "this model", "live", "this model, calibrated live", "promised",
            "the file's own promise",
            "promisedPlusConstant", "its promise plus a constant", "calendar", "carrier and calendar table", "group",
            "empirical quantile by lane", "challenger", "quantile forests", "truth", "the truth");
    private static final List<String> SHOWN_LEVELS = List.of("0.5", "0.8", "0.9");
    private static final int MOST_LANES = 30;
    private static final int LEAST_IN_LANE = 50;

    private Report() {}

    /**
     * Writes the page.
     *
     * @param about what was trained on what, as pairs of a name and a value
     * @param unused rows that could not be used, by reason
     * @param importances what each feature gained the forest
     */
    public static String html(Evaluation evaluation, Map<String, String> about, Map<String, Long> unused, Map<String, Double> importances) {
        Evaluation.Result result = evaluation.result();
        Map<String, Metrics> all = new LinkedHashMap<>();
        all.put(Evaluation.MODEL, result.model());
        all.put("live", result.live());
        all.putAll(result.references());
        StringBuilder body = new StringBuilder();
        body.append("<p class=\"sentence\">").append(Html.escaped(Sentence.of(result))).append("</p>");
        body.append("<h2>Side by side</h2>").append(comparison(all, result.atEqualLateRate()));
        body.append("<h2>Lateness against days</h2><div class=\"row\">").append(lateness(evaluation)).append(reliability(evaluation))
                .append("</div>");
        body.append("<div class=\"row\">")
                .append(Html.figure("Ranked probability score, days; less is better.", bars(all, Metrics::rps)))
                .append(Html.figure("Pinball loss at 0.9, days; less is better.",
                        bars(all, each -> each.pinball().getOrDefault("0.9", 0.0))))
                .append("</div>");
        body.append("<h2>Over time and by lane</h2>").append(months(evaluation)).append(lanes(evaluation));
        body.append("<h2>What moves the dates</h2>").append(importances(importances));
        body.append("<h2>What it was made from</h2>").append(Html.table(List.of("", ""),
                about.entrySet().stream().map(entry -> List.of(entry.getKey(), entry.getValue())).toList()));
        body.append(unused.isEmpty()
                ? "<p>Every row was used.</p>"
                : "<p>Rows that were not used, one by one in unused-rows.csv:</p>" + Html.table(List.of("reason", "rows"),
                        unused.entrySet().stream().map(entry -> List.of(entry.getKey(), entry.getValue().toString())).toList()));
        return PAGE.replace("{{body}}", body);
    }

    private static String comparison(Map<String, Metrics> all, Map<String, Double> equal) {
        List<List<String>> rows = new ArrayList<>();
        all.forEach((name, m) -> rows.add(List.of(name(name), Integer.toString(m.rows()), number(m.rps()), number(pinball(m, "0.5")),
                number(pinball(m, "0.9")), percent(m.lateRate()), number(m.averagePromisedDays()),
                equal.containsKey(name) ? number(java.util.Objects.requireNonNull(equal.get(name))) : "", percent(m.exactHit()),
                percent(m.withinOneDay()), percent(m.early()), percent(m.coverage().getOrDefault("0.5", 0.0)),
                percent(m.coverage().getOrDefault("0.8", 0.0)), percent(m.coverage().getOrDefault("0.9", 0.0)),
                percent(m.coverage().getOrDefault("0.95", 0.0)))));
        return Html.table(
                List.of("", "orders", "score", "pinball 0.5", "pinball 0.9", "late", "days promised", "this model's days when as late",
                        "on the day", "±1 day", "2+ days early", "coverage 0.5", "0.8", "0.9", "0.95"),
                rows);
    }

    private static String lateness(Evaluation evaluation) {
        Curves model = Curves.of(score(evaluation, Evaluation.MODEL));
        double most = model.days()[model.days().length - 1];
        Svg svg = new Svg("average promised days", "late, share of orders", Math.min(0, model.days()[0]), most, 0, 0.5);
        StringBuilder legend = new StringBuilder("How late orders are for what is promised, at every confidence. ");
        int colour = 0;
        for (Map.Entry<String, Score> each : evaluation.scores().entrySet()) {
            String shade = Svg.COLOURS.get(colour++ % Svg.COLOURS.size());
            Curves curves = Curves.of(each.getValue());
            if (each.getKey().equals("promised")) {
                Metrics metrics = each.getValue().metrics();
                svg.point(metrics.averagePromisedDays(), metrics.lateRate(), shade, name(each.getKey()));
            } else {
                svg.line(curves.days(), curves.lateRates(), shade);
            }
            legend.append("<span style=\"color:").append(shade).append("\">■ ").append(Html.escaped(name(each.getKey())))
                    .append("</span> ");
        }
        return Html.figure(legend.toString(), svg.toString());
    }

    private static String reliability(Evaluation evaluation) {
        double[] shares = evaluation.reliability();
        double[] levels = new double[shares.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (double) i / (levels.length - 1);
        }
        Svg svg = new Svg("forecast probability", "share that had arrived", 0, 1, 0, 1);
        svg.line(new double[]{0, 1}, new double[]{0, 1}, "#adb5bd").line(levels, shares, Svg.COLOURS.getFirst());
        return Html.figure("Reliability: a calibrated forecast lies on the grey line.", svg.toString());
    }

    private static String months(Evaluation evaluation) {
        List<List<String>> rows = new ArrayList<>();
        evaluation.months().forEach((month, score) -> rows.add(slice(month, score)));
        return monthsPicture(evaluation) + Html.table(
                List.of("month", "orders", "score", "late", "days promised", "days between 0.1 and 0.9", "coverage 0.5", "0.8", "0.9"),
                rows);
    }

    private static String monthsPicture(Evaluation evaluation) {
        List<Metrics> months = evaluation.months().values().stream().map(Score::metrics).toList();
        double last = Math.max(1, months.size() - 1);
        Svg coverage = new Svg("months since " + evaluation.months().keySet().stream().findFirst().orElse(""), "coverage", 0, last, 0, 1);
        double widest = months.stream().mapToDouble(Metrics::averageWidth).max().orElse(1);
        Svg width = new Svg("months", "days between the quantiles 0.1 and 0.9", 0, last, 0, Math.max(1, widest));
        double[] at = IntStream.range(0, months.size()).asDoubleStream().toArray();
        for (int level = 0; level < SHOWN_LEVELS.size(); level++) {
            String name = SHOWN_LEVELS.get(level);
            double wanted = Double.parseDouble(name);
            coverage.line(new double[]{0, last}, new double[]{wanted, wanted}, "#adb5bd")
                    .line(at, months.stream().mapToDouble(each -> each.coverage().getOrDefault(name, 0.0)).toArray(),
                            Svg.COLOURS.get(level));
        }
        width.line(at, months.stream().mapToDouble(Metrics::averageWidth).toArray(), Svg.COLOURS.getFirst());
        return "<div class=\"row\">" + Html.figure("Coverage at 0.5, 0.8 and 0.9 by month; grey is what it should be.", coverage.toString())
                + Html.figure("Width by month.", width.toString()) + "</div>";
    }

    private static String lanesPicture(List<Map.Entry<String, Score>> lanes) {
        List<String> names = lanes.stream().map(Map.Entry::getKey).toList();
        return "<div class=\"row\">"
                + Html.figure("Coverage at 0.9 by lane, %.",
                        Svg.bars(names,
                                lanes.stream().mapToDouble(lane -> 100 * lane.getValue().metrics().coverage().getOrDefault("0.9", 0.0))
                                        .toArray(),
                                " %"))
                + Html.figure("Days between the quantiles 0.1 and 0.9 by lane.",
                        Svg.bars(names, lanes.stream().mapToDouble(lane -> lane.getValue().metrics().averageWidth()).toArray(), ""))
                + "</div>";
    }

    private static String lanes(Evaluation evaluation) {
        List<Map.Entry<String, Score>> lanes = evaluation.lanes().entrySet().stream()
                .filter(entry -> entry.getValue().rows() >= LEAST_IN_LANE)
                .sorted(Comparator.<Map.Entry<String, Score>>comparingInt(entry -> entry.getValue().rows()).reversed()).limit(MOST_LANES)
                .toList();
        List<List<String>> rows = lanes.stream().map(entry -> slice(entry.getKey(), entry.getValue())).toList();
        return rows.isEmpty()
                ? "<p>No lane has " + LEAST_IN_LANE + " orders or more.</p>"
                : lanesPicture(lanes) + Html.table(
                        List.of("lane", "orders", "score", "late", "days promised", "days between 0.1 and 0.9", "coverage 0.5", "0.8",
                                "0.9"),
                        rows);
    }

    private static List<String> slice(String name, Score score) {
        Metrics m = score.metrics();
        return List.of(name, Integer.toString(m.rows()), number(m.rps()), percent(m.lateRate()), number(m.averagePromisedDays()),
                number(m.averageWidth()), percent(m.coverage().getOrDefault("0.5", 0.0)), percent(m.coverage().getOrDefault("0.8", 0.0)),
                percent(m.coverage().getOrDefault("0.9", 0.0)));
    }

    private static String importances(Map<String, Double> gains) {
        double sum = gains.values().stream().mapToDouble(Double::doubleValue).sum();
        List<Map.Entry<String, Double>> most = gains.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, Double>>comparingDouble(Map.Entry::getValue).reversed()
                        .thenComparing(Map.Entry::getKey))
                .limit(20).toList();
        return Html.figure("Share of what the forest gained by each feature.", Svg.bars(most.stream().map(Map.Entry::getKey).toList(),
                most.stream().mapToDouble(entry -> 100 * entry.getValue() / Math.max(1e-9, sum)).toArray(), " %"));
    }

    private static String bars(Map<String, Metrics> all, java.util.function.ToDoubleFunction<Metrics> value) {
        return Svg.bars(all.keySet().stream().map(Report::name).toList(), all.values().stream().mapToDouble(value).toArray(), "");
    }

    private static Score score(Evaluation evaluation, String name) {
        return java.util.Objects.requireNonNull(evaluation.scores().get(name));
    }

    private static String name(String forecaster) {
        return NAMES.getOrDefault(forecaster, forecaster);
    }

    private static double pinball(Metrics metrics, String level) {
        return metrics.pinball().getOrDefault(level, Double.NaN);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * value);
    }

    private static final String PAGE = """
                                       <!doctype html>
                                       <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                                       <title>Doorstep training report</title>
                                       <style>
                                       body{font:15px/1.5 system-ui,sans-serif;color:#212529;max-width:1280px;margin:2rem auto;padding:0 1rem}
                                       h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}
                                       .sentence{font-size:1.1rem;background:#f1f3f5;padding:1rem;border-left:4px solid #0b5fff}
                                       table{margin-bottom:1.5rem;border-collapse:collapse;font-size:13px;display:block;overflow-x:auto}
                                       th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid #dee2e6;white-space:nowrap}
                                       th:first-child,td:first-child{text-align:left}th{white-space:normal;vertical-align:bottom}
                                       .row{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:1rem 0;flex:1 1 440px;max-width:520px}
                                       svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#495057}figcaption{font-size:13px;color:#495057}
                                       </style></head><body><h1>Training report</h1>{{body}}</body></html>
                                       """;
}
