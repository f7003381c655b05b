package io.evenkeel.client;

import io.evenkeel.client.CrashingStateStore.Crash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Passes requests to a coordinator in the same process; can lose requests or responses. */
public final class DirectTransport implements Transport {

    /** The fault of one exchange. */
    public enum Fate {
        DELIVERED,
        REQUEST_LOST,
        ANSWER_LOST,
        REST_LOST,
        DEVICE_DIES_BEFORE,
        DEVICE_DIES_AFTER
    }

    private static final String LINES = "application/x-ndjson";

    private final TestCoordinator coordinator;
    private final Function<Request, Fate> link;
    private boolean aborted;

    public DirectTransport(TestCoordinator coordinator, Function<Request, Fate> link) {
        this.coordinator = coordinator;
        this.link = link;
    }

    static DirectTransport reliable(TestCoordinator coordinator) {
        return new DirectTransport(coordinator, request -> Fate.DELIVERED);
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        if (aborted) {
            throw new IOException("aborted");
        }
        Fate fate = link.apply(request);
        if (fate == Fate.DEVICE_DIES_BEFORE) {
            throw new Crash();
        }
        if (fate == Fate.REQUEST_LOST) {
            throw new IOException("request lost");
        }
        Response answer = coordinator.answer(request);
        if (fate == Fate.DEVICE_DIES_AFTER) {
            throw new Crash();
        }
        if (fate == Fate.ANSWER_LOST) {
            throw new IOException("answer lost");
        }
        Consumer<byte[]> taker = request.firstLine();
        if (taker == null || !answer.isLines()) {
            return answer;
        }
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        byte[] first = text.substring(0, text.indexOf('\n')).getBytes(StandardCharsets.UTF_8);
        taker.accept(first);
        return fate == Fate.REST_LOST
                ? new Response(answer.status(), Map.of("Content-Type", List.of(LINES)), first)
                : answer;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void close() {}
}
