package io.evenkeel.testkit.chaos.proxy;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between coordinators and an S3 server over plain HTTP. Makes the store slow, busy, full or unreachable for a
 * while, and can run an action after an object is stored and before the coordinator learns of it.
 * Thread-safe.
 */
public final class FaultyStore implements AutoCloseable {

    private static final int PIECE = 1 << 16;
    private static final Duration LATE = Duration.ofMillis(150);

    private final ServerSocket entrance;
    private final URI server;
    private final String bucket;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "faulty-store");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Monitor monitor = new Monitor();
    private final Map<StoreTrouble, Integer> counts = new EnumMap<>(StoreTrouble.class);
    private final AtomicReference<Monitor.@Nullable Action> strike = new AtomicReference<>();
    private volatile StoreTrouble trouble = StoreTrouble.NONE;
    private boolean struck;

    private FaultyStore(ServerSocket entrance, URI server, String bucket) {
        this.entrance = entrance;
        this.server = server;
        this.bucket = bucket;
    }

    /**
     * Creates a bucket at a server that accepts any credentials, and opens a proxy to it on a free port.
     *
     * @param server the server's address, such as {@code http://localhost:9090}
     */
    public static FaultyStore open(URI server) {
        String bucket = "chaos-" + Long.toString(System.nanoTime(), 36);
        try {
            HttpURLConnection created =
                    (HttpURLConnection) server.resolve("/" + bucket).toURL().openConnection();
            created.setRequestMethod("PUT");
            if (created.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new CommandFailure("the S3 server " + server + " refused to create a bucket with status "
                        + created.getResponseCode() + ": use one that accepts any credentials, such as S3Mock or moto");
            }
            FaultyStore store =
                    new FaultyStore(new ServerSocket(0, 256, InetAddress.getLoopbackAddress()), server, bucket);
            store.threads.execute(store::accept);
            return store;
        } catch (IOException e) {
            throw new CommandFailure("the S3 server " + server + " does not answer: " + e.getMessage(), e);
        }
    }

    /** Returns the arguments that make a coordinator use this store, even for short values. */
    public List<String> arguments() {
        return List.of(
                "--evenkeel.storage.bucket=" + bucket,
                "--evenkeel.storage.endpoint=http://127.0.0.1:" + entrance.getLocalPort(),
                "--evenkeel.storage.region=us-east-1",
                "--evenkeel.storage.timeout=2s",
                "--evenkeel.storage.inline=64B");
    }

    /** Returns the credentials, which the server does not check, as environment variables. */
    public List<String> secrets() {
        return List.of("AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test");
    }

    /** Sets the fault from now on. Closes connections, so that requests in flight are affected too. */
    public void suffer(StoreTrouble next) {
        trouble = next;
        for (Socket socket : open) {
            close(socket);
        }
    }

    public StoreTrouble trouble() {
        return trouble;
    }

    /** Returns the number of affected requests by fault, and the number of delayed pieces. */
    public Map<StoreTrouble, Integer> counts() {
        return monitor.read(() -> new EnumMap<>(counts));
    }

    /**
     * Runs the action when the server has stored the next object and the coordinator does not know it yet.
     *
     * @return false if no object was stored before the timeout
     */
    public boolean strikeAfterPut(Monitor.Action action, Duration timeout) throws InterruptedException {
        monitor.change(() -> struck = false);
        strike.set(action);
        boolean done = monitor.await(() -> struck, timeout);
        strike.set(null);
        return done;
    }

    private void accept() {
        try {
            while (!entrance.isClosed()) {
                Socket coordinator = entrance.accept();
                open.add(coordinator);
                threads.execute(() -> serve(coordinator));
            }
        } catch (IOException e) {
            // The server socket was closed.
            return;
        }
    }

    private void serve(Socket coordinator) {
        StoreTrouble met = trouble;
        try (coordinator) {
            coordinator.setTcpNoDelay(true);
            byte[] first = new byte[PIECE];
            int length = coordinator.getInputStream().read(first);
            if (length < 0) {
                return;
            }
            if (met != StoreTrouble.NONE && met != StoreTrouble.SLOW) {
                count(met);
            }
            switch (met) {
                case AWAY -> coordinator.setSoLinger(true, 0);
                case BUSY -> refuse(coordinator, "503 Slow Down");
                case FULL -> refuse(coordinator, "507 Insufficient Storage");
                case NONE, SLOW -> forward(coordinator, first, length);
            }
        } catch (IOException e) {
            // One side has disconnected; closing the socket notifies the other side.
            return;
        } finally {
            open.remove(coordinator);
        }
    }

    private static boolean startsWith(byte[] bytes, String method) {
        return new String(bytes, 0, method.length(), StandardCharsets.ISO_8859_1).equals(method);
    }

    private static void refuse(Socket coordinator, String status) throws IOException {
        String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        coordinator.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        coordinator.shutdownOutput();
        // Closing with unread bytes would reset the connection and lose the answer.
        coordinator.setSoTimeout((int) LATE.toMillis());
        coordinator.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private void forward(Socket coordinator, byte[] first, int length) throws IOException {
        try (Socket link = new Socket()) {
            open.add(link);
            link.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            link.setTcpNoDelay(true);
            Exchange exchange = new Exchange();
            threads.execute(() -> answers(exchange, link, coordinator));
            byte[] piece = first;
            InputStream in = coordinator.getInputStream();
            for (int read = length; read >= 0; read = in.read(piece)) {
                exchange.sent(piece, read);
                late();
                link.getOutputStream().write(piece, 0, read);
            }
            open.remove(link);
        }
    }

    private void answers(Exchange exchange, Socket link, Socket coordinator) {
        byte[] piece = new byte[PIECE];
        try {
            InputStream in = link.getInputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                if (exchange.isStored(piece, read)) {
                    strike();
                }
                late();
                coordinator.getOutputStream().write(piece, 0, read);
            }
        } catch (IOException e) {
            // One side has disconnected; closing the socket notifies the other side.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(coordinator);
        }
    }

    private void strike() throws InterruptedException {
        Monitor.Action action = strike.getAndSet(null);
        if (action != null) {
            action.run();
            monitor.change(() -> struck = true);
        }
    }

    private void late() {
        if (trouble == StoreTrouble.SLOW) {
            count(StoreTrouble.SLOW);
            LockSupport.parkNanos(LATE.toNanos());
        }
    }

    private void count(StoreTrouble met) {
        monitor.change(() -> counts.merge(met, 1, Integer::sum));
    }

    /** The HTTP method of the request in flight on a connection. */
    private static final class Exchange {

        private volatile boolean isPut;

        void sent(byte[] piece, int length) {
            if (length > 4 && startsWith(piece, "PUT ")) {
                isPut = true;
            } else if (length > 4 && (startsWith(piece, "GET ") || startsWith(piece, "HEAD"))) {
                isPut = false;
            }
        }

        /** Returns whether a piece of a response reports that an object is stored. */
        boolean isStored(byte[] piece, int length) {
            return isPut && length > 12 && startsWith(piece, "HTTP/1.1 200");
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is closed in any case.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        suffer(StoreTrouble.NONE);
        threads.shutdownNow();
    }
}
