package dev.doorstep.commonmodel.document;

import java.io.IOException;

/** A compressed stream holds something else than its format says, or ends too early: the sender's fault, and the same next time. */
public final class DamagedStreamException extends IOException {
    DamagedStreamException(Exception cause) {
        super("the compressed stream is damaged: " + cause.getMessage(), cause);
    }
}
