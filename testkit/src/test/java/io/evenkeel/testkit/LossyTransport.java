package io.evenkeel.testkit;

import io.evenkeel.client.JdkTransport;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** A transport that loses, once each, the messages of some rounds and the receipts of others. */
final class LossyTransport implements Transport {

    private final Transport link = new JdkTransport(Duration.ofSeconds(10), Duration.ofSeconds(30), null);
    private final Set<Integer> lostMessages;
    private final Set<Integer> lostReceipts;

    LossyTransport(Set<Integer> lostMessages, Set<Integer> lostReceipts) {
        this.lostMessages = new HashSet<>(lostMessages);
        this.lostReceipts = new HashSet<>(lostReceipts);
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        String path = request.uri().getPath();
        int round = path.endsWith("/messages/me") ? Integer.parseInt(path.split("/", -1)[6]) : -1;
        if (lostMessages.remove(round)) {
            throw new IOException("message lost");
        }
        Response answer = link.exchange(request);
        if (lostReceipts.remove(round)) {
            throw new IOException("receipt lost");
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
