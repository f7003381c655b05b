package io.evenkeel.coordinator.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

class LaterFilterTest {

    @Test
    void aFailureThatNobodyCanPutIntoWordsIsNoSuccess() throws Exception {
        CompletableFuture<ResponseEntity<String>> failed = new CompletableFuture<>();
        failed.completeExceptionally(new OutOfMemoryError("no room for words"));
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setDispatcherType(DispatcherType.ASYNC);
        new LaterFilter.Waiting(new Later<>(Duration.ofSeconds(1), failed), null).noteIn(request);
        MockHttpServletResponse response = new MockHttpServletResponse();

        new LaterFilter(new JsonMapper(), (asked, answer, handler, problem) -> null)
                .doFilter(request, response, new MockFilterChain());

        assertThat(response.getStatus()).isEqualTo(500);
    }
}
