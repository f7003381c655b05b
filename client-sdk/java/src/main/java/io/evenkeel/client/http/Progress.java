package io.evenkeel.client.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/** Remembers when bytes last went either way. */
final class Progress {

    private volatile long last = System.nanoTime();

    void touch() {
        last = System.nanoTime();
    }

    long nanosSince() {
        return System.nanoTime() - last;
    }

    /** Counts each piece the connection takes of a body as progress. */
    BodyPublisher of(BodyPublisher body) {
        return new BodyPublisher() {
            @Override
            public long contentLength() {
                return body.contentLength();
            }

            @Override
            public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
                body.subscribe(new Watched(subscriber));
            }
        };
    }

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
