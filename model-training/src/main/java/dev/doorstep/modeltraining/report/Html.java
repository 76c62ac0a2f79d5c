package dev.doorstep.modeltraining.report;

import java.util.List;

/** Pieces of a page. */
final class Html {
    private Html() {}

    /** Text that may stand in a page, whatever a stranger's file had in it. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    static String table(List<String> head, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        head.forEach(cell -> html.append("<th>").append(escaped(cell)).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(escaped(cell)).append("</td>"));
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    static String figure(String caption, String picture) {
        return "<figure>" + picture + "<figcaption>" + caption + "</figcaption></figure>";
    }
}
