package io.evenkeel.client;

import io.evenkeel.client.internal.http.ExchangeBounds;
import io.evenkeel.client.internal.http.ResponseTooLongException;
import io.evenkeel.client.internal.jdk.CappedBody;
import io.evenkeel.client.internal.jdk.JdkOnly;
import io.evenkeel.client.internal.jdk.TrafficClock;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests with the JDK's HTTP client. Uses HTTP/2 if TLS negotiates it. Does not follow redirects,
 * since they would forward the credentials.
 *
 * <p>A request times out after a period without traffic in either direction, and after
 * {@link Request#longest}, to which each kB of a body adds a second. So a large model on a slow link is not
 * interrupted, and a server that sends a byte now and then cannot block the device.
 */
@JdkOnly
public final class JdkTransport implements Transport {

    private final ExecutorService threads;
    private final HttpClient http;
    private final Duration silence;
    private final Map<TrafficClock, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private volatile boolean aborted;

    /**
     * @param connectTimeout the timeout for connecting
     * @param silence the maximum time without traffic
     * @param tls the TLS context, or null for the JDK's default
     */
    public JdkTransport(Duration connectTimeout, Duration silence, @Nullable SSLContext tls) {
        this.threads = Executors.newCachedThreadPool(runnable -> {
            Thread thread = new Thread(runnable, "evenkeel-http");
            thread.setDaemon(true);
            return thread;
        });
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(connectTimeout).executor(threads);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.http = builder.build();
        this.silence = silence;
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        TrafficClock clock = new TrafficClock();
        ExchangeBounds bounds = new ExchangeBounds(request, silence);
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri());
        if (!"https".equals(request.uri().getScheme())) {
            builder.version(HttpClient.Version.HTTP_1_1);
        }
        request.headers().forEach(builder::header);
        byte[] body = request.body();
        builder.method(
                request.method(), body == null ? BodyPublishers.noBody() : clock.of(BodyPublishers.ofByteArray(body)));
        CompletableFuture<Response> firstLine = new CompletableFuture<>();
        CompletableFuture<HttpResponse<byte[]>> future =
                http.sendAsync(builder.build(), info -> new CappedBody(request, info, clock, bounds, firstLine));
        underWay.put(clock, future);
        try {
            if (aborted) {
                throw new IOException("too late");
            }
            Consumer<byte[]> taker = request.firstLine();
            if (taker != null) {
                await(CompletableFuture.anyOf(future, firstLine), clock, bounds, silence);
                if (firstLine.isDone()) {
                    taker.accept(firstLine.join().body());
                    return rest(future, clock, bounds, request, firstLine.join());
                }
            }
            return whole(future, clock, bounds, request);
        } catch (IOException e) {
            throw aborted ? new IOException("the exchange was aborted", e) : e;
        } finally {
            underWay.remove(clock);
            future.cancel(true);
        }
    }

    private Response whole(
            CompletableFuture<HttpResponse<byte[]>> future, TrafficClock clock, ExchangeBounds bounds, Request request)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = await(future, clock, bounds, silence.plus(request.extraTimeout()));
        return new Response(answer.statusCode(), answer.headers().map(), answer.body());
    }

    private Response rest(
            CompletableFuture<HttpResponse<byte[]>> future,
            TrafficClock clock,
            ExchangeBounds bounds,
            Request request,
            Response firstLine)
            throws InterruptedException {
        try {
            return whole(future, clock, bounds, request);
        } catch (IOException e) {
            return firstLine;
        }
    }

    private static <T> T await(CompletableFuture<T> future, TrafficClock clock, ExchangeBounds bounds, Duration silence)
            throws IOException, InterruptedException {
        while (true) {
            long left = Math.min(silence.toNanos() - clock.nanosSince(), bounds.nanosLeft());
            try {
                return future.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (clock.nanosSince() >= silence.toNanos()) {
                    throw new HttpTimeoutException("no traffic for " + silence.toMillis() + " ms");
                } else if (bounds.nanosLeft() <= 0) {
                    throw new HttpTimeoutException(bounds.fault());
                }
            } catch (CancellationException e) {
                throw new IOException("the exchange was cancelled", e);
            } catch (ExecutionException e) {
                throw rethrow(e.getCause() == null ? e : e.getCause());
            }
        }
    }

    private static IOException rethrow(Throwable cause) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof ResponseTooLongException tooLong) {
                throw tooLong;
            }
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }

    @Override
    public void abort() {
        aborted = true;
        underWay.values().forEach(future -> future.cancel(true));
    }

    /**
     * Stops the threads. Before JDK 21 the client's selector thread, a daemon, ends after the next garbage
     * collection.
     */
    @Override
    public void close() {
        abort();
        if ((Object) http instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("the HTTP client does not close", e);
            }
        }
        threads.shutdownNow();
    }
}
