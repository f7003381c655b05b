package io.evenkeel.client.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    private final @Nullable CompletableFuture<Response> firstLine;
    private final ResponseInfo info;
    private Flow.@Nullable Subscription subscription;

    private CappedBody(
            Request request,
            ResponseInfo info,
            long limit,
            Progress progress,
            @Nullable CompletableFuture<Response> firstLine) {
        this.request = request;
        this.info = info;
        this.limit = limit;
        this.progress = progress;
        this.firstLine = firstLine;
        long announced = info.headers().firstValueAsLong("Content-Length").orElse(0);
        // An announcement costs the sender nothing, so no more is taken for it at first than a little.
        this.bytes = new ByteArrayOutputStream((int) Math.max(32, Math.min(announced, FIRST_BUFFER)));
    }

    /**
     * @param firstLine completed once there is a success's first line, with that line, without its end, for a body; only if the request
     *     has a use for it
     */
    static CappedBody of(Request request, ResponseInfo info, Progress progress, CompletableFuture<Response> firstLine) {
        progress.touch();
        boolean isSuccess = info.statusCode() / 100 == 2;
        long limit = isSuccess ? request.maxAnswerBytes() : MAX_REFUSAL_BYTES;
        boolean isInLines = isSuccess
                && request.firstLine() != null
                && Response.isLines(info.headers().firstValue("Content-Type").orElse(""));
        return new CappedBody(request, info, limit, progress, isInLines ? firstLine : null);
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
            lookForFirstLine(copy);
        }
    }

    private void lookForFirstLine(byte[] added) {
        if (firstLine == null || firstLine.isDone()) {
            return;
        }
        for (int i = 0; i < added.length; i++) {
            if (added[i] == '\n') {
                byte[] line = Arrays.copyOf(bytes.toByteArray(), bytes.size() - added.length + i);
                firstLine.complete(
                        new Response(info.statusCode(), info.headers().map(), line));
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
        body.complete(bytes.toByteArray());
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }
}
