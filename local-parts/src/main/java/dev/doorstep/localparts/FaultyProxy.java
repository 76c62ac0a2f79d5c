package dev.doorstep.localparts;

import java.util.function.BooleanSupplier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a part, and makes the faults that the part does not make by itself: silence in either direction, closed
 * connections, and refused HTTP requests. Thread-safe.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final List<String> METHODS = List.of("POST ", "GET ", "PUT ", "DELETE ", "HEAD ");
    private static final String THROTTLED = "ProvisionedThroughputExceededException";

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean requestsStalled;
    private volatile boolean answersStalled;
    private volatile @Nullable Refusal refusal;
    private volatile boolean closed;

    @SuppressWarnings("ArrayRecordComponent") // sent, never compared
    private record Refusal(String request, double share, byte[] head, byte[] body) {
        boolean meets(byte[] buffer, int length) {
            String start = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
            return METHODS.stream().anyMatch(start::startsWith) && start.contains(request)
                    && ThreadLocalRandom.current().nextDouble() < share;
        }
    }

    private FaultyProxy(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /** Listens on a port and passes everything on to another one, as long as nothing else is asked of it. */
    public static FaultyProxy start(int port, int target) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            FaultyProxy proxy = new FaultyProxy(server, target);
            Thread.ofVirtual().name("proxy-" + port).start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port + " can't be listened on", e);
        }
    }

    /** Where clients connect to. */
    public int port() {
        return server.getLocalPort();
    }

    /** Passes nothing on, as a network does that has lost its way; nobody is told. */
    public void stall() {
        requestsStalled = true;
        answersStalled = true;
    }

    /** Passes requests on, and no answers: whatever is asked for happens, and nobody hears of it. */
    public void stallAnswers() {
        answersStalled = true;
    }

    /** Passes everything on again. */
    public void heal() {
        lock.lock();
        try {
            requestsStalled = false;
            answersStalled = false;
            refusal = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Answers a share of all requests as DynamoDB and Kinesis do when they throttle.
     *
     * @param share 0 to 1
     */
    public void throttle(double share) {
        refuse("", share, 400, THROTTLED);
    }

    /**
     * Answers a share of some requests with an error. Only for a proxy before a part whose requests are HTTP/1.1 with a length.
     *
     * @param request what stands in the head of the requests that are refused, such as a part of the path; empty for all
     * @param share 0 to 1
     * @param type of the error, as AWS' services name theirs
     */
    public void refuse(String request, double share, int status, String type) {
        byte[] body = ("{\"__type\":\"" + type + "\",\"message\":\"refused by a drill\",\"error\":{\"type\":\"" + type + "\"},\"status\":"
                + status + "}").getBytes(StandardCharsets.US_ASCII);
        byte[] head = ("HTTP/1.1 " + status + " Refused\r\nContent-Type: application/json\r\nx-amzn-ErrorType: " + type
                + "\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        refusal = new Refusal(request, share, head, body);
    }

    /** Closes every connection that there is. */
    public void disconnect() {
        sockets.forEach(FaultyProxy::close);
        sockets.clear();
    }

    @Override
    public void close() {
        closed = true;
        heal();
        try {
            server.close();
        } catch (IOException _) {
            // It is closed as far as it can be.
        }
        disconnect();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                client.setTcpNoDelay(true);
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException _) {
                // Closed, or a client that went away at once.
            }
        }
    }

    private void serve(Socket client) {
        try (client; Socket part = new Socket(InetAddress.getLoopbackAddress(), target)) {
            part.setTcpNoDelay(true);
            sockets.add(part);
            ReentrantLock answering = new ReentrantLock();
            Thread back = Thread.ofVirtual().start(() -> answers(part, client, answering));
            requests(client, part, answering);
            close(part);
            back.join();
            sockets.remove(part);
        } catch (IOException _) {
            // The part is away, as a client without a proxy would find it.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
        }
    }

    private void requests(Socket client, Socket part, ReentrantLock answering) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = client.getInputStream();
            OutputStream out = part.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitWhile(() -> requestsStalled);
                Refusal current = refusal;
                if (current != null && current.meets(buffer, read)) {
                    skipBody(in, buffer, read);
                    refuse(client, answering, current);
                } else {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (IOException _) {
            // One of both sides closed.
        }
    }

    private void answers(Socket part, Socket client, ReentrantLock answering) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = part.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitWhile(() -> answersStalled);
                answering.lock();
                try {
                    out.write(buffer, 0, read);
                    out.flush();
                } finally {
                    answering.unlock();
                }
            }
        } catch (IOException _) {
            // One of both sides closed.
        }
        close(client);
    }

    private static void refuse(Socket client, ReentrantLock answering, Refusal refusal) throws IOException {
        answering.lock();
        try {
            client.getOutputStream().write(refusal.head());
            client.getOutputStream().write(refusal.body());
            client.getOutputStream().flush();
        } finally {
            answering.unlock();
        }
    }

    private static void skipBody(InputStream in, byte[] buffer, int length) throws IOException {
        String head = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n\r\n");
        for (String line : head.substring(0, Math.max(end, 0)).lines().toList()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                long left = Long.parseLong(line.substring(15).strip()) - (length - end - 4);
                in.skipNBytes(Math.max(0, left));
            }
        }
    }

    private void awaitWhile(BooleanSupplier stalled) {
        lock.lock();
        try {
            while (stalled.getAsBoolean()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is closed as far as it can be.
        }
    }
}
