package io.evenkeel.client.internal.jdk;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.BodyBuffer;
import io.evenkeel.client.internal.http.ExchangeBounds;
import io.evenkeel.client.internal.http.ResponseTooLongException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a body and cancels the exchange when the body is longer than the request allows. */
@JdkOnly
public final class CappedBody implements BodySubscriber<byte[]> {

    private final BodyBuffer buffer;
    private final TrafficClock clock;
    private final ExchangeBounds bounds;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final CompletableFuture<Response> firstLine;
    private Flow.@Nullable Subscription subscription;

    /**
     * @param firstLine completed with a response whose body is the first line of a successful response, if
     *     the request has a consumer for it
     */
    public CappedBody(
            Request request,
            ResponseInfo info,
            TrafficClock clock,
            ExchangeBounds bounds,
            CompletableFuture<Response> firstLine) {
        clock.touch();
        this.bounds = bounds;
        this.buffer = new BodyBuffer(
                request,
                info.statusCode(),
                info.headers().map(),
                info.headers().firstValueAsLong("Content-Length").orElse(0));
        this.clock = clock;
        this.firstLine = firstLine;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        clock.touch();
        for (ByteBuffer piece : pieces) {
            if (body.isDone()) {
                return;
            }
            byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            bounds.received(copy.length);
            try {
                buffer.add(copy, copy.length).ifPresent(firstLine::complete);
            } catch (ResponseTooLongException e) {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.completeExceptionally(e);
                return;
            }
        }
    }

    @Override
    public void onError(Throwable cause) {
        body.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        body.complete(buffer.toBytes());
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }
}
