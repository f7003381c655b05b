package io.evenkeel.client.internal.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.TestClients;
import io.evenkeel.client.TestCoordinator;
import io.evenkeel.client.TestResponses;
import io.evenkeel.client.Transport;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what happens to the staged message for each kind of response. */
class UplinkTest {

    private static final Response TOO_LARGE_FOR_A_PROXY =
            new Response(413, Map.of("Content-Type", List.of("text/html")), new byte[0]);

    private final MemoryStateStore disk = new MemoryStateStore();
    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "normalized", "top-k:5", 12);

    @ParameterizedTest
    @CsvSource({"400, malformed", "413, too-large", "415, unsupported-media-type", "422, plan-exceeded"})
    void anInvalidMessageIsDroppedAndEndsTheTraining(int status, String slug) throws InterruptedException {
        refuseMessage(status, slug);
        assertThat(TestClients.saved(coordinator, disk).pending()).isNull();
        finish();
    }

    @ParameterizedTest
    @CsvSource({"401, unauthenticated", "403, client-revoked", "404, member-not-found"})
    void aMessageThatWasNotCheckedStaysStaged(int status, String slug) throws InterruptedException {
        refuseMessage(status, slug);
        assertThat(TestClients.saved(coordinator, disk).pending()).isNotNull();
        finish();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"sequence\":1", "\"round\":0", "\"digest\":\""})
    void aReceiptForAnotherMessageIsRejectedAndTheMessageStaysStaged(String field) throws InterruptedException {
        assertThatThrownBy(() -> TestClients.train(TestClients.on(changing(receipt -> falsify(receipt, field)), disk)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("the receipt is for message")
                .hasMessageContaining("stays staged");
        assertThat(TestClients.saved(coordinator, disk).pending()).isNotNull();
        finish();
    }

    @Test
    void aMessageThatWasAcceptedIsKeptIfAProxyRefusesItsRepetition() throws InterruptedException {
        RunOutcome outcome = TestClients.train(TestClients.on(changing(receipt -> TOO_LARGE_FOR_A_PROXY), disk));

        assertThat(outcome.accepted()).isEqualTo(12);
        assertThat(outcome.refused()).isZero();
        assertThat(TestClients.g(coordinator, disk)).isEqualTo(coordinator.member().g);
    }

    @Test
    void aMessageThatAProxyNeverPassesOnIsDroppedAndEndsTheTraining() throws InterruptedException {
        Transport proxy = new MessageTransport(
                coordinator, UnaryOperator.identity(), TOO_LARGE_FOR_A_PROXY, new AtomicInteger(Integer.MAX_VALUE));
        assertThatThrownBy(() -> TestClients.train(TestClients.on(proxy, disk)))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("a proxy in front of the coordinator");
        assertThat(TestClients.saved(coordinator, disk).pending()).isNull();
        finish();
    }

    @Test
    void aSecondMessageForARoundIsDroppedAndTheDeviceContinues() throws InterruptedException {
        Response conflict = TestResponses.problem(409, "conflict", "the round was answered before");
        Transport once = new MessageTransport(coordinator, UnaryOperator.identity(), conflict, new AtomicInteger(1));

        RunOutcome outcome = TestClients.train(TestClients.on(once, disk));

        assertThat(outcome.refused()).isEqualTo(1);
        assertThat(outcome.accepted()).isEqualTo(11);
        assertThat(TestClients.g(coordinator, disk)).isEqualTo(coordinator.member().g);
    }

    private void refuseMessage(int status, String slug) {
        assertThatThrownBy(() -> TestClients.train(TestClients.on(refusing(status, slug), disk)))
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        e -> assertThat(e.problem().type().slug()).isEqualTo(slug));
        assertThat(coordinator.messages).isEmpty();
    }

    private void finish() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, disk));
        assertThat(coordinator.messages).hasSize(12);
        assertThat(TestClients.g(coordinator, disk)).isEqualTo(coordinator.member().g);
    }

    /** Changes the last digit of a field. */
    private static Response falsify(Response receipt, String field) {
        String text = new String(receipt.body(), StandardCharsets.UTF_8);
        int at = text.indexOf(field) + field.length() - (field.endsWith("\"") ? 0 : 1);
        String changed = text.substring(0, at) + (text.charAt(at) == '7' ? '8' : '7') + text.substring(at + 1);
        return new Response(
                200, Map.of("Content-Type", List.of("application/x-ndjson")), changed.getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses messages before they reach the coordinator. */
    private Transport refusing(int status, String slug) {
        Response refusal = TestResponses.problem(status, slug, "not today");
        return new MessageTransport(
                coordinator, UnaryOperator.identity(), refusal, new AtomicInteger(Integer.MAX_VALUE));
    }

    /** Changes the coordinator's responses to messages. */
    private Transport changing(UnaryOperator<Response> change) {
        return new MessageTransport(
                coordinator, change, TestResponses.problem(500, "internal", "unused"), new AtomicInteger());
    }

    /** Answers a number of messages itself, and changes the coordinator's responses to the others. */
    private record MessageTransport(
            TestCoordinator coordinator, UnaryOperator<Response> change, Response instead, AtomicInteger times)
            implements Transport {

        @Override
        public Response exchange(Request request) {
            if (!request.uri().getPath().endsWith("/messages/me")) {
                return coordinator.answer(request);
            }
            return times.getAndDecrement() > 0 ? instead : change.apply(coordinator.answer(request));
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }
}
