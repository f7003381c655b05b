package io.evenkeel.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Returns the given responses in order, then fails to connect. */
final class ScriptedTransport implements Transport {

    final Queue<Response> left = new ArrayDeque<>();
    final List<Request> requests = new ArrayList<>();

    @Override
    public Response exchange(Request request) throws IOException {
        requests.add(request);
        Response answer = left.poll();
        if (answer == null) {
            throw new IOException("no connection");
        }
        return answer;
    }

    @Override
    public void abort() {}

    @Override
    public void close() {}

    String lastBody() {
        byte[] body = requests.get(requests.size() - 1).body();
        return body == null ? "" : new String(body, StandardCharsets.UTF_8);
    }
}
