package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.Contribution;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.stream.Collectors;
import org.springframework.context.i18n.LocaleContextHolder;

/** Says what moved a date, in the language of the request; English where nobody translated it. */
final class Reasons {
    private static final String TEXTS = "dev.doorstep.predictionservice.predict.reasons";
    private static final ResourceBundle.Control NO_FALLBACK = ResourceBundle.Control
            .getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);
    private static final double SHOWN_FROM = 0.05;

    private Reasons() {}

    /** Those that moved it by a tenth of a day or more. */
    static List<PredictionAnswer.Reason> of(List<Contribution> contributions) {
        Locale locale = LocaleContextHolder.getLocale();
        ResourceBundle texts = ResourceBundle.getBundle(TEXTS, locale, NO_FALLBACK);
        return contributions.stream().filter(each -> Math.abs(each.days()) >= SHOWN_FROM).map(each -> reason(each, texts)).toList();
    }

    private static PredictionAnswer.Reason reason(Contribution contribution, ResourceBundle texts) {
        double days = Math.round(contribution.days() * 10) / 10.0;
        String values = contribution.params().entrySet().stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue)
                .collect(Collectors.joining(", "));
        String named = texts.getString(contribution.factor().name()) + (values.isEmpty() ? "" : " (" + values + ")");
        String text = String.format(texts.getLocale(), texts.getString(days < 0 ? "sooner" : "later"), named, Math.abs(days));
        return new PredictionAnswer.Reason(contribution.factor().name(), days, contribution.params(), text);
    }
}
