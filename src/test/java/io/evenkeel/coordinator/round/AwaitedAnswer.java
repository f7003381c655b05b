package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What a mocked request that waits is answered in the end: the container would bring it back to the filter that writes the answer. */
final class AwaitedAnswer {

    private AwaitedAnswer() {}

    static MockHttpServletResponse of(MockHttpServletRequest request, Filter writer)
            throws InterruptedException, ServletException, IOException {
        CountDownLatch answered = new CountDownLatch(1);
        MockAsyncContext waiting = (MockAsyncContext) Objects.requireNonNull(request.getAsyncContext());
        waiting.addDispatchHandler(answered::countDown);
        assertThat(answered.await(1, TimeUnit.MINUTES)).as("there is an answer").isTrue();
        request.setDispatcherType(DispatcherType.ASYNC);
        MockHttpServletResponse answer = new MockHttpServletResponse();
        writer.doFilter(request, answer, new MockFilterChain());
        return answer;
    }
}
