package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.ModelSettings;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.modeltraining.orders.Mapping;
import dev.doorstep.modeltraining.orders.OrdersFile;
import dev.doorstep.modeltraining.orders.Prepared;
import java.util.List;

/** Measures a bundle as it would be served: what it knows of others is its own snapshot. */
public final class BundleEvaluator {
    private BundleEvaluator() {}

    /**
     * Measures a bundle on the delivered orders of a file.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when none was delivered or the mapping counts days from elsewhere
     */
    public static Evaluation evaluate(Bundle bundle, OrdersFile file, Mapping mapping, Places places, Truths truths) {
        ModelSettings settings = bundle.settings();
        if (mapping.anchor() != settings.anchor()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "anchor",
                    "anchor: the bundle counts days from " + settings.anchor() + ", the mapping from " + mapping.anchor());
        }
        FeatureEncoder encoder = new FeatureEncoder(bundle.schema(), settings.zone(),
                new Clocks(settings.clocks(), places, new Calendars()), settings.oldestHistoryDays());
        List<Prepared> delivered = file.orders().stream().filter(order -> order.deliveredAt() != null)
                .map(order -> Prepared.of(order, encoder)).toList();
        if (delivered.isEmpty()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders", "orders: none of " + file.orders().size() + " has arrived");
        }
        Evaluation evaluation = new Evaluation(
                new Evaluation.Parts(bundle.model(), bundle.calibration(), settings, References.of(bundle), Challenger.of(bundle), encoder),
                truths);
        evaluation.add(delivered, Prepared.rows(delivered, encoder, bundle.history()));
        return evaluation;
    }
}
