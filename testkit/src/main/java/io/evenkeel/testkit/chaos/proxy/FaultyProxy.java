package io.evenkeel.testkit.chaos.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between devices and coordinators on localhost that injects faults into requests and records the traffic.
 * Waits for a coordinator that is down, like a load balancer. Thread-safe.
 */
public final class FaultyProxy implements AutoCloseable {

    private static final int CONNECT_MILLIS = 2000;
    private static final Duration DELAY = Duration.ofMillis(40);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

    private final ServerSocket entrance;
    private final List<InetSocketAddress> coordinators;
    private final AtomicInteger turn = new AtomicInteger();
    private final TrafficListener recorder;
    private final Duration timeout;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "faulty-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, HttpText> heldBack = new ConcurrentHashMap<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private volatile Faults faults = request -> Fault.NONE;
    private volatile boolean holding;
    private volatile boolean closed;

    private FaultyProxy(
            ServerSocket entrance, List<InetSocketAddress> coordinators, TrafficListener recorder, Duration timeout) {
        this.entrance = entrance;
        this.coordinators = coordinators;
        this.recorder = recorder;
        this.timeout = timeout;
    }

    /**
     * Opens a proxy on a free port.
     *
     * @param ports the coordinators' ports on localhost, used in turn
     * @param timeout how long each request waits for a coordinator that is down
     */
    public static FaultyProxy open(List<Integer> ports, TrafficListener recorder, Duration timeout) {
        InetAddress here = InetAddress.getLoopbackAddress();
        try {
            ServerSocket entrance = new ServerSocket(0, 256, here);
            List<InetSocketAddress> coordinators = ports.stream()
                    .map(port -> new InetSocketAddress(here, port))
                    .toList();
            FaultyProxy proxy = new FaultyProxy(entrance, coordinators, recorder, timeout);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("no free port for the proxy", e);
        }
    }

    /** Returns the proxy's address for devices. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + entrance.getLocalPort());
    }

    /** Sets the faults of later requests. */
    public void inflict(Faults next) {
        faults = next;
    }

    /** Sets whether messages are held back, so that the run waits during a preparation. */
    public void hold(boolean back) {
        holding = back;
    }

    /** Returns the number of requests by fault. */
    public Map<Fault, Integer> counts() {
        synchronized (counts) {
            return new EnumMap<>(counts);
        }
    }

    private void accept() {
        try {
            while (!closed) {
                Socket device = entrance.accept();
                open.add(device);
                threads.execute(() -> serve(device));
            }
        } catch (IOException e) {
            // The server socket was closed.
            closed = true;
        }
    }

    private void serve(Socket device) {
        try (device) {
            device.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(device.getInputStream());
            OutputStream out = device.getOutputStream();
            for (HttpText request = HttpText.read(in); request != null; request = HttpText.read(in)) {
                try (ProxiedResponse proxied = pass(request)) {
                    if (proxied == null || !proxied.writeTo(out)) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // One side has disconnected; closing the socket notifies the other side.
            return;
        } finally {
            open.remove(device);
        }
    }

    /** Returns the response for the device, or null if it gets none. */
    private @Nullable ProxiedResponse pass(HttpText request) throws IOException {
        while (holding && request.isMessage() && !closed) {
            LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
        }
        Fault fault = faults.next(request);
        synchronized (counts) {
            counts.merge(fault, 1, Integer::sum);
        }
        return switch (fault) {
            case NONE -> exchange(request);
            case CUT_BEFORE -> null;
            case CUT_WITHIN -> cutWithin(request);
            case ANSWER_LOST -> {
                discard(exchange(request));
                yield null;
            }
            case CUT_AFTER_RECEIPT -> {
                ProxiedResponse proxied = exchange(request);
                yield proxied == null ? null : proxied.cut();
            }
            case DELAYED -> {
                LockSupport.parkNanos(DELAY.toNanos());
                yield exchange(request);
            }
            case DOUBLED -> exchange(request, 2);
            case REORDERED -> {
                heldBack.put(request.header("authorization"), request);
                yield null;
            }
        };
    }

    private static void discard(@Nullable ProxiedResponse proxied) throws IOException {
        if (proxied != null) {
            proxied.close();
        }
    }

    private @Nullable ProxiedResponse cutWithin(HttpText request) throws IOException {
        Socket link = connect();
        try {
            byte[] all = request.raw();
            link.getOutputStream().write(Arrays.copyOf(all, all.length - Math.max(1, request.body().length / 2)));
            link.getOutputStream().flush();
        } finally {
            disconnect(link);
        }
        return null;
    }

    private @Nullable ProxiedResponse exchange(HttpText request) throws IOException {
        ProxiedResponse answer = exchange(request, 1);
        if (request.isMessage()) {
            HttpText late = heldBack.get(request.header("authorization"));
            // A repetition of the same message is not the next one.
            if (late != null && !Arrays.equals(late.body(), request.body())) {
                heldBack.remove(request.header("authorization"));
                try {
                    discard(exchange(late, 1));
                } catch (IOException e) {
                    discard(answer);
                    throw e;
                }
            }
        }
        return answer;
    }

    /** Delivers all messages that are still held back. */
    public void releaseHeldBack() throws IOException {
        for (String device : List.copyOf(heldBack.keySet())) {
            HttpText late = heldBack.remove(device);
            if (late != null) {
                discard(exchange(late, 1));
            }
        }
    }

    /** Sends a request several times before reading the first response; returns the last response. */
    private @Nullable ProxiedResponse exchange(HttpText request, int times) throws IOException {
        recorder.arrived(request);
        Socket[] links = new Socket[times];
        Socket kept = null;
        try {
            for (int i = 0; i < times; i++) {
                links[i] = connect();
                links[i].getOutputStream().write(request.raw());
                links[i].getOutputStream().flush();
            }
            recorder.sent(request, links[times - 1].getPort());
            HttpText answer = null;
            InputStream in = InputStream.nullInputStream();
            for (Socket link : links) {
                in = new BufferedInputStream(link.getInputStream());
                answer = HttpText.readFirstLine(in);
                if (answer != null) {
                    recorder.answered(request, answer);
                }
            }
            if (answer == null) {
                return null;
            }
            Socket open = links[times - 1];
            kept = open;
            return new ProxiedResponse(answer, in, () -> disconnect(open));
        } finally {
            for (Socket link : links) {
                if (link != null && link != kept) {
                    disconnect(link);
                }
            }
        }
    }

    private void disconnect(Socket link) throws IOException {
        open.remove(link);
        link.close();
    }

    /** Returns the number of connections to devices and coordinators. */
    public int connections() {
        return open.size();
    }

    private Socket connect() throws IOException {
        long start = System.nanoTime();
        while (true) {
            Socket link = new Socket();
            try {
                int next = Math.floorMod(turn.getAndIncrement(), coordinators.size());
                link.connect(coordinators.get(next), CONNECT_MILLIS);
                link.setTcpNoDelay(true);
                open.add(link);
                return link;
            } catch (IOException e) {
                link.close();
                if (closed || System.nanoTime() - start > timeout.toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        entrance.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
