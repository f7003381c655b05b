package io.evenkeel.client.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects a body, and gives up when it grows beyond what is allowed, whatever its header announced. */
final class CappedBody implements BodySubscriber<byte[]> {

    /** Refusals are small whatever was asked for. */
    private static final long MAX_REFUSAL_BYTES = 256 * 1024;

    private static final int FIRST_BUFFER = 64 * 1024;

    private final Request request;
    private final long limit;
    private final Progress progress;
    private final ByteArrayOutputStream bytes;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    private CappedBody(Request request, long limit, long announced, Progress progress) {
        this.request = request;
        this.limit = limit;
        this.progress = progress;
        // An announcement costs the sender nothing, so no more is taken for it at first than a little.
        this.bytes = new ByteArrayOutputStream((int) Math.max(32, Math.min(announced, FIRST_BUFFER)));
    }

    static CappedBody of(Request request, ResponseInfo info, Progress progress) {
        progress.touch();
        long limit = info.statusCode() / 100 == 2 ? request.maxAnswerBytes() : MAX_REFUSAL_BYTES;
        long announced = info.headers().firstValueAsLong("Content-Length").orElse(0);
        return new CappedBody(request, limit, announced, progress);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        progress.touch();
        for (ByteBuffer piece : pieces) {
            if (body.isDone()) {
                return;
            }
            if (bytes.size() + (long) piece.remaining() > limit) {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.completeExceptionally(new AnswerTooLongException(request, limit));
                return;
            }
            byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            bytes.writeBytes(copy);
        }
    }

    @Override
    public void onError(Throwable cause) {
        body.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        body.complete(bytes.toByteArray());
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }
}
