package dev.doorstep.ingestservice.intake;

import java.io.IOException;

/** A body broke off on its way, because its sender went away or a disk failed; the same body may be whole next time. */
public final class BrokenBodyException extends IOException {
    BrokenBodyException(IOException cause) {
        super("the body broke off: " + cause.getMessage(), cause);
    }
}
