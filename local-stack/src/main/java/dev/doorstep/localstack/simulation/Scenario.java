package dev.doorstep.localstack.simulation;

import dev.doorstep.commonmodel.wire.WireName;

/** What happens to a candidate. */
enum Scenario {
    /** It is as good as the active model. */
    GOOD("1.1.0", "active"),
    /** Each of its forecasts takes 20 ms longer. */
    SLOW("1.2.0", "rolled-back"),
    /** It expects everything a day earlier than it is. */
    BIASED("1.3.0", "rolled-back"),
    /** It is good, and everything comes two days later than both models learned: people are told, nothing is taken back. */
    DRIFTED("1.4.0", "active"),
    /** Three in ten of its forecasts fail. */
    CRASHING("1.5.0", "rolled-back"),
    /** It is good, and nobody asks for anything. */
    NO_TRAFFIC("1.6.0", "paused"),
    /** It is good, and the store is away for a while in the middle of its canary. */
    STORE_OUTAGE("1.7.0", "active");

    private final String version;
    private final String expected;

    Scenario(String version, String expected) {
        this.version = version;
        this.expected = expected;
    }

    String wireName() {
        return WireName.of(this);
    }

    /** The candidate's version. */
    String version() {
        return version;
    }

    boolean endsWell(String state) {
        return expected.equals(state);
    }
}
