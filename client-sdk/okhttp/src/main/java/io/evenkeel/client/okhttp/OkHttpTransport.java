package io.evenkeel.client.okhttp;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.client.internal.http.BodyBuffer;
import io.evenkeel.client.internal.http.ExchangeBounds;
import io.evenkeel.client.internal.http.ResponseTooLongException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests with OkHttp. Uses HTTP/2 if TLS negotiates it. Does not follow redirects, since they would forward the
 * credentials.
 *
 * <p>A request times out after a period without traffic in either direction, as OkHttp's read and write
 * timeouts do, and after {@link Request#longest}, to which each kB of a body adds a second. So a large model
 * on a slow link is not interrupted, and a server that sends a byte now and then does not block the device.
 */
public final class OkHttpTransport implements Transport {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int CHUNK = 8 * 1024;

    private final OkHttpClient http;
    private final boolean owned;
    private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean aborted;

    private OkHttpTransport(OkHttpClient http, boolean owned) {
        this.http = http;
        this.owned = owned;
    }

    /**
     * Creates a transport with its own client: 10 s to connect, 30 s without traffic, the platform's trusted
     * authorities.
     */
    public static OkHttpTransport create() {
        OkHttpClient client = new OkHttpClient.Builder()
                .connectTimeout(CONNECT)
                .readTimeout(SILENCE)
                .writeTimeout(SILENCE)
                .build();
        return new OkHttpTransport(withoutRedirects(client), true);
    }

    /**
     * Creates a transport over an existing client, which may be shared. Its timeouts, TLS settings, proxy and
     * interceptors apply.
     *
     * @param client the client; its read timeout is the maximum time without traffic; closing the transport
     *     does not close it
     */
    public static OkHttpTransport over(OkHttpClient client) {
        return new OkHttpTransport(withoutRedirects(client), false);
    }

    private static OkHttpClient withoutRedirects(OkHttpClient client) {
        return client.newBuilder()
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(Duration.ZERO)
                .build();
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        ExchangeBounds bounds = new ExchangeBounds(request, Duration.ofMillis(http.readTimeoutMillis()));
        Exchange exchange = new Exchange(request, silenceFor(request), bounds);
        Call call = callFor(request);
        underWay.add(call);
        try {
            if (aborted) {
                throw new IOException("the exchange was aborted");
            }
            call.enqueue(exchange);
            Consumer<byte[]> taker = request.firstLine();
            if (taker != null) {
                await(CompletableFuture.anyOf(exchange.whole, exchange.firstLine), bounds);
                if (exchange.firstLine.isDone()) {
                    Response firstLine = exchange.firstLine.join();
                    taker.accept(firstLine.body());
                    return rest(exchange, firstLine);
                }
            }
            return await(exchange.whole, bounds);
        } catch (IOException e) {
            throw aborted ? new IOException("the exchange was aborted", e) : e;
        } finally {
            underWay.remove(call);
            call.cancel();
        }
    }

    /**
     * Returns the read timeout. If the request has a consumer of the first line, the extra timeout applies
     * only after that line.
     */
    private Duration silenceFor(Request request) {
        Duration silence = Duration.ofMillis(http.readTimeoutMillis());
        return silence.isZero() ? silence : silence.plus(request.extraTimeout());
    }

    private Call callFor(Request request) {
        OkHttpClient client = request.firstLine() == null
                ? http.newBuilder().readTimeout(silenceFor(request)).build()
                : http;
        okhttp3.Request.Builder builder =
                new okhttp3.Request.Builder().url(request.uri().toString());
        request.headers().forEach(builder::header);
        byte[] body = request.body();
        String type = request.headers().get("Content-Type");
        RequestBody sent = body == null
                ? null
                : RequestBody.create(body, type == null || type.isEmpty() ? null : MediaType.get(type));
        return client.newCall(builder.method(request.method(), orEmpty(request.method(), sent))
                .build());
    }

    /** Returns an empty body where OkHttp requires one for the method. */
    private static @Nullable RequestBody orEmpty(String method, @Nullable RequestBody body) {
        boolean isRequired = method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
        return body == null && isRequired ? RequestBody.create(new byte[0], null) : body;
    }

    private static Response rest(Exchange exchange, Response firstLine) throws InterruptedException {
        try {
            return await(exchange.whole, exchange.bounds);
        } catch (IOException e) {
            return firstLine;
        }
    }

    private static <T> T await(CompletableFuture<T> future, ExchangeBounds bounds)
            throws IOException, InterruptedException {
        try {
            while (true) {
                try {
                    return future.get(Math.max(bounds.nanosLeft(), 0), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (bounds.nanosLeft() <= 0) {
                        throw new SocketTimeoutException(bounds.fault());
                    }
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ResponseTooLongException tooLong) {
                throw tooLong;
            }
            throw cause instanceof IOException failure ? failure : new IOException(cause);
        }
    }

    /** Receives a response on one of OkHttp's threads. */
    private static final class Exchange implements Callback {

        private final CompletableFuture<Response> whole = new CompletableFuture<>();
        private final CompletableFuture<Response> firstLine = new CompletableFuture<>();
        private final Request request;
        private final Duration silenceAfterFirstLine;
        private final ExchangeBounds bounds;

        Exchange(Request request, Duration silenceAfterFirstLine, ExchangeBounds bounds) {
            this.request = request;
            this.bounds = bounds;
            this.silenceAfterFirstLine = silenceAfterFirstLine;
        }

        @Override
        public void onFailure(Call call, IOException e) {
            whole.completeExceptionally(e);
        }

        @Override
        public void onResponse(Call call, okhttp3.Response response) {
            try (response) {
                whole.complete(read(response));
            } catch (IOException | RuntimeException e) {
                call.cancel();
                whole.completeExceptionally(e);
            }
        }

        private Response read(okhttp3.Response response) throws IOException {
            BufferedSource source = response.body().source();
            BodyBuffer buffer = new BodyBuffer(
                    request,
                    response.code(),
                    response.headers().toMultimap(),
                    response.body().contentLength());
            InputStream in = source.inputStream();
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                bounds.received(count);
                buffer.add(chunk, count).ifPresent(line -> {
                    source.timeout().timeout(silenceAfterFirstLine.toMillis(), TimeUnit.MILLISECONDS);
                    firstLine.complete(line);
                });
            }
            return buffer.toResponse();
        }
    }

    @Override
    public void abort() {
        aborted = true;
        underWay.forEach(Call::cancel);
    }

    /** Ends the exchanges in progress; also ends threads and connections if the transport created its client. */
    @Override
    public void close() {
        abort();
        if (owned) {
            http.dispatcher().executorService().shutdown();
            http.connectionPool().evictAll();
        }
    }
}
