package dev.doorstep.localparts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** TCP ports of this machine. */
public final class Ports {
    private static final int CONNECT_TIMEOUT_MILLIS = 500;
    private static final long POLL_MILLIS = 50;
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;
    /** Each process begins elsewhere. */
    private static final AtomicInteger next = new AtomicInteger(ThreadLocalRandom.current().nextInt(LAST - FIRST));

    private Ports() {}

    /**
     * A port that was free a moment ago, and is given to no one else in this process. Not one of those that systems give to outgoing
     * connections, one of which could take it before whoever is to listen does.
     */
    public static int free() {
        for (int i = 0; i < LAST - FIRST; i++) {
            int port = FIRST + Math.floorMod(next.getAndIncrement(), LAST - FIRST);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // Taken; the next one may be free.
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + LAST);
    }

    /** Whether something listens on the port. */
    public static boolean isTaken(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MILLIS);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Waits until a process listens on its port.
     *
     * @throws IllegalStateException when the process ends or the time is up
     */
    static void awaitListening(ChildProcess process, int port, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!isTaken(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.close();
                throw new IllegalStateException(process.name() + " does not listen on port " + port + ", see " + process.log());
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + process.name(), e);
            }
        }
    }
}
