package io.evenkeel.client;

import io.evenkeel.client.CrashingStore.Crash;
import io.evenkeel.client.http.Request;
import io.evenkeel.client.http.Response;
import io.evenkeel.client.http.Transport;
import java.io.IOException;
import java.util.function.Function;

/** Carries requests to a coordinator in the same process, past a link that can lose them or their answers. */
final class DirectTransport implements Transport {

    /** What the link does to one exchange. */
    enum Fate {
        DELIVERED,
        REQUEST_LOST,
        ANSWER_LOST,
        DEVICE_DIES_BEFORE,
        DEVICE_DIES_AFTER
    }

    private final TestCoordinator coordinator;
    private final Function<Request, Fate> link;
    private boolean aborted;

    DirectTransport(TestCoordinator coordinator, Function<Request, Fate> link) {
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
        return answer;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void close() {}
}
