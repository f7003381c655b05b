package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.AsyncEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import tools.jackson.databind.json.JsonMapper;

class SuspendedRequestTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final StaticListableBeanFactory beans = new StaticListableBeanFactory();
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final PendingResponse<String> later = new PendingResponse<>(LONG, () -> ResponseEntity.ok("late"));
    private final AtomicInteger counted = new AtomicInteger();
    private ResponseWriter writer;

    SuspendedRequestTest() {
        HandlerExceptionResolver wordless = (asked, answer, handler, problem) -> null;
        beans.addBean("handlerExceptionResolver", wordless);
        writer = new ResponseWriter(
                new JsonMapper(),
                beans.getBeanProvider(HandlerExceptionResolver.class),
                new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry()),
                1);
        request.setAsyncSupported(true);
        WrittenBody.whenAnswered(request, counted::incrementAndGet);
    }

    @AfterEach
    void stop() {
        writer.destroy();
    }

    private SuspendedRequest start(PendingResponse<?> answer) {
        SuspendedRequest.start(request, answer, writer);
        return Objects.requireNonNull(SuspendedRequest.in(request));
    }

    private AsyncEvent event() {
        return new AsyncEvent(Objects.requireNonNull(request.getAsyncContext()));
    }

    @Test
    void writesACompletedResponseAtOnce() throws Exception {
        SuspendedRequest waiting = start(later);
        later.answer(ResponseEntity.ok("there"));
        assertThat(response.getContentAsString())
                .as("before the filters are done")
                .isEmpty();

        waiting.begin(request, response);

        assertThat(response.getContentAsString()).isEqualTo("\"there\"");
        assertThat(counted).hasValue(1);
    }

    @Test
    void anUnhandledFailureIsNotReportedAsSuccess() {
        CompletableFuture<ResponseEntity<String>> failed = new CompletableFuture<>();
        failed.completeExceptionally(new OutOfMemoryError("no room for words"));

        start(new PendingResponse<>(LONG, failed)).begin(request, response);

        assertThat(response.getStatus()).isEqualTo(500);
    }

    @Test
    void aFailedWriteIsNotReportedAsSuccess() {
        CompletableFuture<ResponseEntity<Object>> answer = new CompletableFuture<>();
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        answer.complete(ResponseEntity.status(201).body(endless));

        start(new PendingResponse<>(LONG, answer)).begin(request, response);

        assertThat(response.getStatus()).isEqualTo(500);
    }

    @Test
    void nothingIsWrittenOnceTheContainerHasEndedTheRequest() throws Exception {
        SuspendedRequest waiting = start(later);
        waiting.begin(request, response);
        waiting.onComplete(event());

        later.answer(ResponseEntity.ok("too late"));
        assertThat(later.outcome()).isCancelled();
        assertThat(response.getContentAsString()).isEmpty();
        assertThat(counted).as("as one without an answer").hasValue(1);
    }

    @Test
    void answersATimeoutBeforeTheContainerDoes() throws Exception {
        SuspendedRequest waiting = start(later);
        waiting.begin(request, response);

        waiting.onTimeout(event());

        assertThat(response.getContentAsString()).isEqualTo("\"late\"");
    }

    @Test
    void theSecondLineFollowsTheFirst() throws Exception {
        PendingResponse<String> second = new PendingResponse<>(
                LONG,
                () -> ResponseEntity.noContent()
                        .header(HttpHeaders.RETRY_AFTER, "3")
                        .build());
        SuspendedRequest waiting = start(later.then(LONG, () -> second));
        later.answer(ResponseEntity.status(201).body("first"));
        waiting.begin(request, response);
        assertThat(response.getContentAsString()).isEqualTo("\"first\"\n");
        assertThat(response.isCommitted()).isTrue();
        assertThat(response.getStatus()).isEqualTo(201);
        assertThat(counted).hasValue(1);

        waiting.onTimeout(event());
        assertThat(response.getContentAsString()).isEqualTo("\"first\"\n{\"retryAfter\":3}\n");
        assertThat(counted).hasValue(1);
    }
}
