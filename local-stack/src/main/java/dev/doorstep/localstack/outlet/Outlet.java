package dev.doorstep.localstack.outlet;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** A way on which documents get to ingest-service. */
public interface Outlet extends AutoCloseable {
    /**
     * Sends documents once, in their order.
     *
     * @param documents {@code {"_id", "_source"}} each, as JSON
     * @return which of them were acknowledged, by their place in the list
     * @throws IOException when nobody knows
     */
    BitSet send(List<byte[]> documents) throws IOException, InterruptedException;

    /** Name of the source as ingest-service calls it. */
    String source();

    @Override
    void close();
}
