package dev.doorstep.modeltraining.report;

import java.util.List;
import java.util.Locale;

/** Small pictures as inline SVG. Not thread-safe. */
final class Svg {
    static final List<String> COLOURS = List.of("#0b5fff", "#d9480f", "#2b8a3e", "#862e9c", "#495057", "#c2255c", "#1098ad");
    private static final int WIDTH = 460;
    private static final int HEIGHT = 300;
    private static final int LEFT = 54;
    private static final int BOTTOM = 42;
    private static final int TOP = 12;
    private static final int RIGHT = 12;

    private final StringBuilder text = new StringBuilder();
    private final double fromX;
    private final double toX;
    private final double fromY;
    private final double toY;

    /** An empty picture with axes over a range. */
    Svg(String xLabel, String yLabel, double fromX, double toX, double fromY, double toY) {
        this.fromX = fromX;
        this.toX = toX > fromX ? toX : fromX + 1;
        this.fromY = fromY;
        this.toY = toY > fromY ? toY : fromY + 1;
        text.append(String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT));
        for (int i = 0; i <= 5; i++) {
            double x = this.fromX + (this.toX - this.fromX) * i / 5;
            double y = this.fromY + (this.toY - this.fromY) * i / 5;
            text.append(String.format(Locale.ROOT, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e9ecef\"/>", LEFT, y(y),
                    WIDTH - RIGHT, y(y)));
            label(x(x), HEIGHT - BOTTOM + 16, "middle", number(x));
            label(LEFT - 6, y(y) + 4, "end", number(y));
        }
        label((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", xLabel);
        text.append(String.format(Locale.ROOT, "<text transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (HEIGHT - BOTTOM) / 2, Html.escaped(yLabel)));
    }

    Svg line(double[] x, double[] y, String colour) {
        text.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"").append(colour).append("\" points=\"");
        for (int i = 0; i < x.length; i++) {
            text.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(Math.clamp(x[i], fromX, toX)), y(Math.clamp(y[i], fromY, toY))));
        }
        text.append("\"/>");
        return this;
    }

    Svg point(double x, double y, String colour, String title) {
        if (x >= fromX && x <= toX && y >= fromY && y <= toY) {
            text.append(
                    String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s</title></circle>", x(x), y(y),
                            colour, Html.escaped(title)));
        }
        return this;
    }

    Svg bar(double from, double to, double y, String colour) {
        text.append(String.format(Locale.ROOT, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x(from), y(y),
                Math.max(1, x(to) - x(from) - 1), Math.max(0, y(fromY) - y(y)), colour));
        return this;
    }

    @Override
    public String toString() {
        return text + "</svg>";
    }

    /** Bars from left to right with a name before each, the first one longest where they are sorted. */
    static String bars(List<String> names, double[] values, String unit) {
        double most = Math.max(1e-9, java.util.Arrays.stream(values).max().orElse(1));
        StringBuilder made = new StringBuilder(
                String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, names.size() * 22 + 8));
        for (int i = 0; i < values.length; i++) {
            int y = i * 22 + 4;
            made.append(String.format(Locale.ROOT,
                    "<text x=\"170\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"176\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>"
                            + "<text x=\"%.1f\" y=\"%d\">%s</text>",
                    y + 13, Html.escaped(names.get(i)), y, 200 * values[i] / most, COLOURS.getFirst(), 182 + 200 * values[i] / most, y + 13,
                    number(values[i]) + unit));
        }
        return made + "</svg>";
    }

    private void label(double x, double y, String anchor, String what) {
        text.append(
                String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, Html.escaped(what)));
    }

    private double x(double value) {
        return LEFT + (value - fromX) / (toX - fromX) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - (value - fromY) / (toY - fromY) * (HEIGHT - BOTTOM - TOP);
    }

    private static String number(double value) {
        return Math.abs(value) >= 100
                ? String.format(Locale.ROOT, "%.0f", value)
                : Math.abs(value) >= 10 ? String.format(Locale.ROOT, "%.1f", value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
