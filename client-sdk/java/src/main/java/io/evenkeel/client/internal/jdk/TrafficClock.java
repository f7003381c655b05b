package io.evenkeel.client.internal.jdk;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/** Records the time of the last traffic in either direction. Thread-safe. */
@JdkOnly
public final class TrafficClock {

    private volatile long last = System.nanoTime();

    /** Records traffic now. */
    public void touch() {
        last = System.nanoTime();
    }

    /** Returns the time since the last traffic, in nanoseconds. */
    public long nanosSince() {
        return System.nanoTime() - last;
    }

    /** Records traffic whenever the connection takes a piece of a body. */
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
