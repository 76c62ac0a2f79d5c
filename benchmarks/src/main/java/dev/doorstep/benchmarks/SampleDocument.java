package dev.doorstep.benchmarks;

/** A document of the size and shape of the sample sessions'. */
final class SampleDocument {
    private SampleDocument() {}

    static String of(String id, String session) {
        return "{\"_id\":\"" + id + "\",\"_source\":" + source(session) + "}";
    }

    static String source(String session) {
        return "{\"createdDateTime\":1731880381293,\"sessionId\":\"" + session + "\",\"eventType\":\"cart_add\",\"customerKey\":\"c-"
                + session
                + "\",\"products\":[{\"sku\":\"LMP-2041\",\"quantity\":1,\"price\":49.5,\"stock\":12,\"handlingClass\":\"standard\"}],"
                + "\"shipping\":{\"country\":\"US\",\"postalCode\":\"94110\",\"method\":\"standard\",\"name\":\"A. Customer\","
                + "\"line1\":\"1 Example Street\"},\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\",\"referrer\":\"/lamps\"}";
    }
}
