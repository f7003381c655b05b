package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import java.io.IOException;
import java.util.function.Consumer;

/** A transport that crashes its device when a receipt arrives. */
final class CrashingTransport implements Transport {

    private static final int OK = 200;

    private final Transport link;
    private final Crashes crashes;

    CrashingTransport(Transport link, Crashes crashes) {
        this.link = link;
        this.crashes = crashes;
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        Consumer<byte[]> taker = request.firstLine();
        Response answer = link.exchange(
                taker == null
                        ? request
                        : request.firstLine(receipt -> {
                            crashes.reached(CrashPoint.AFTER_SENDING);
                            taker.accept(receipt);
                        }));
        // The response to a repeated message contains only its receipt.
        if (answer.isSuccess() && !answer.isLines()) {
            CrashPoint.after(request).ifPresent(crashes::reached);
        }
        boolean isOutcome = request.uri().getPath().endsWith("/outcome/me");
        if (isOutcome && answer.status() == OK) {
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
