package dev.doorstep.benchmarks;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import java.util.Objects;

/** The model that ships and what it forecasts with, as the service has them. */
record Shipped(Bundle bundle, Places places, Policy policy, Calendars calendars, LearnedForecaster forecaster) {
    private static final String FOLDER = "/dev/doorstep/predictionservice/model/";

    /** Loads everything. */
    static Shipped load() {
        Bundle bundle = read();
        Places places = Places.load();
        LoadedPolicy policy = new PolicyReader(places).readDefault();
        Calendars calendars = new Calendars();
        return new Shipped(bundle, places, policy.policy(), calendars, new LearnedForecaster(bundle, policy.policy(), places, calendars,
                new CarrierTableForecaster(policy, places, calendars)));
    }

    /** The bundle alone. */
    static Bundle read() {
        return Bundle.read(name -> Objects.requireNonNull(Shipped.class.getResourceAsStream(FOLDER + name), name));
    }
}
