package io.evenkeel.client.internal.device;

import static io.evenkeel.client.TestResponses.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.FollowedModel;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.TestClients;
import io.evenkeel.client.Transport;
import io.evenkeel.client.VersionMetrics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One thread works while others refresh models with the same client. */
class ClientTurnsTest {

    private final LongPoll transport = new LongPoll();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final EvenkeelClient client = TestClients.on(transport, new MemoryStateStore())
            .enrolmentToken("evk_enrol_test")
            .build();
    private final FollowedModel model = client.follow("digits", "production");

    @AfterEach
    void close() {
        client.close();
        threads.shutdownNow();
    }

    /** Holds a check-in until it is aborted, and never offers a new version of a model. */
    private static final class LongPoll implements Transport {

        final List<String> requests = new CopyOnWriteArrayList<>();
        final CountDownLatch enrolling = new CountDownLatch(1);
        final CountDownLatch enrolled = new CountDownLatch(1);
        final CountDownLatch checkedIn = new CountDownLatch(1);
        final CountDownLatch aborted = new CountDownLatch(1);

        @Override
        public Response exchange(Request request) throws IOException, InterruptedException {
            String path = request.uri().getPath().replace("/api/v1/", "");
            requests.add(path);
            if (path.equals("enrolments")) {
                enrolling.countDown();
                enrolled.await();
                return json(201, Map.of("client", "me", "secret", "secret"));
            } else if (path.equals("work")) {
                checkedIn.countDown();
                aborted.await();
                throw new IOException("aborted");
            }
            return new Response(304, Map.of(), new byte[0]);
        }

        @Override
        public void abort() {
            aborted.countDown();
        }

        @Override
        public void close() {}
    }

    private Future<?> work() {
        return threads.submit(() -> {
            client.work(run -> null);
            return null;
        });
    }

    @Test
    void refreshesAModelWhileTheDeviceWorks() throws Exception {
        transport.enrolled.countDown();
        Future<?> work = work();
        transport.checkedIn.await();

        assertThat(model.refresh()).isFalse();
        assertThat(threads.submit(model::refresh).get()).isFalse();
        assertThat(work).isNotDone();
        assertThatThrownBy(() -> client.model(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one operation at a time");

        client.close();
        assertThat(work.get()).isNull();
    }

    @Test
    void enrolsOnceIfBothNeedIt() throws Exception {
        Future<?> work = work();
        transport.enrolling.await();
        Future<Boolean> refresh = threads.submit(model::refresh);
        transport.enrolled.countDown();

        assertThat(refresh.get()).isFalse();
        client.stop();
        assertThat(work.get()).isNull();
        assertThat(transport.requests).containsOnlyOnce("enrolments");
    }

    @Test
    void closesWhenBothHaveReturned() throws Exception {
        Future<Boolean> refresh = threads.submit(model::refresh);
        transport.enrolling.await();
        Future<?> close = threads.submit(client::close);
        transport.aborted.await();
        assertThat(close).isNotDone();

        transport.enrolled.countDown();
        assertThat(close.get()).isNull();
        assertThatThrownBy(refresh::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("the client is stopped: build a new one");
    }

    @Test
    void refusesCallsAfterStop() throws Exception {
        transport.enrolled.countDown();
        client.stop();

        client.work(run -> null);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> client.train(model -> Gradient.skip()),
                () -> client.work(run -> null),
                model::refresh,
                () -> client.model(1),
                client::leave,
                client::rotateSecret,
                () -> client.reportEvaluation("e", VersionMetrics.of(1, Map.of("loss", 1.0))))) {
            assertThatThrownBy(call)
                    .isInstanceOf(EvenkeelException.class)
                    .hasMessage("the client is stopped: build a new one, which continues from the saved state");
        }
    }
}
