package io.evenkeel.pilot.chaos;

import io.evenkeel.client.http.Request;
import io.evenkeel.client.http.Response;
import io.evenkeel.client.http.Transport;
import java.io.IOException;

/** A link whose device dies when a receipt comes in. */
final class CrashingTransport implements Transport {

    private final Transport link;
    private final Crashes crashes;

    CrashingTransport(Transport link, Crashes crashes) {
        this.link = link;
        this.crashes = crashes;
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        Response answer = link.exchange(request);
        if (answer.isSuccess() && request.uri().getPath().endsWith("/messages/me")) {
            crashes.reached(CrashPoint.AFTER_SENDING);
        }
        return answer;
    }

    @Override
    public void abort() {
        link.abort();
    }

    @Override
    public void close() {
        link.close();
    }
}
