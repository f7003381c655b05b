package io.evenkeel.client.internal.jdk;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/** Remembers when bytes last went either way. Thread-safe. */
@JdkOnly
public final class TrafficClock {

    private volatile long last = System.nanoTime();

    /** Notes that bytes went either way just now. */
    public void touch() {
        last = System.nanoTime();
    }

    /** Returns the time since then, in nanoseconds. */
    public long nanosSince() {
        return System.nanoTime() - last;
    }

    /** Notes the time of each piece that the connection takes of a body. */
    public BodyPublisher of(BodyPublisher body) {
        return new WatchedPublisher(body);
    }

    @JdkOnly
    private final class WatchedPublisher implements BodyPublisher {

        private final BodyPublisher body;

        WatchedPublisher(BodyPublisher body) {
            this.body = body;
        }

        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            body.subscribe(new Watched(subscriber));
        }
    }

    @JdkOnly
    private final class Watched implements Flow.Subscriber<ByteBuffer> {

        private final Flow.Subscriber<? super ByteBuffer> to;

        Watched(Flow.Subscriber<? super ByteBuffer> to) {
            this.to = to;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer piece) {
            touch();
            to.onNext(piece);
        }

        @Override
        public void onError(Throwable cause) {
            to.onError(cause);
        }

        @Override
        public void onComplete() {
            touch();
            to.onComplete();
        }
    }
}
