package io.evenkeel.coordinator.testing;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MvcResult;

/** The final response of a suspended mock request. */
public final class AwaitedResponse {

    private AwaitedResponse() {}

    public static MockHttpServletResponse of(MvcResult begun) throws InterruptedException {
        AsyncContext waiting = Objects.requireNonNull(begun.getRequest().getAsyncContext());
        End end = new End();
        waiting.addListener(end);
        // The request may have ended before the listener was added.
        if (begun.getRequest().isAsyncStarted()) {
            end.reached.await();
        }
        return begun.getResponse();
    }

    private static final class End implements AsyncListener {

        private final CountDownLatch reached = new CountDownLatch(1);

        @Override
        public void onComplete(AsyncEvent event) {
            reached.countDown();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
