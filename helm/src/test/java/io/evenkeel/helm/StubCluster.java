package io.evenkeel.helm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * As much of a Kubernetes API server as Helm's {@code lookup} of Secrets asks for. The build points KUBECONFIG at the file that
 * this writes.
 */
final class StubCluster {

    private static final StubCluster INSTANCE = new StubCluster();

    private static final String SECRETS = "/api/v1/namespaces/" + Chart.NAMESPACE + "/secrets/";

    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    private StubCluster() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::answer);
            server.start();
            Files.writeString(
                    Path.of(System.getenv("KUBECONFIG")),
                    kubeconfig(server.getAddress().getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static StubCluster instance() {
        return INSTANCE;
    }

    /** Holds a secret of one entry, whose value is in base64. */
    void put(String name, String key, String base64) {
        secrets.put(name, """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s", "namespace": "%s"}, "data": {"%s": "%s"}}""".formatted(name, Chart.NAMESPACE, key, base64));
    }

    void clear() {
        secrets.clear();
    }

    private void answer(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        String secret =
                uri.getPath().startsWith(SECRETS) ? secrets.get(uri.getPath().substring(SECRETS.length())) : null;
        if (uri.getPath().equals("/api/v1")) {
            send(exchange, 200, """
                    {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
                      {"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret", "verbs": ["get", "list"]}]}""");
        } else if (secret != null) {
            send(exchange, 200, secret);
        } else {
            send(exchange, 404, """
                    {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}""");
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String kubeconfig(int port) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: stub
                    cluster:
                      server: http://127.0.0.1:%d
                contexts:
                  - name: stub
                    context:
                      cluster: stub
                      user: stub
                current-context: stub
                users:
                  - name: stub
                    user: {}
                """.formatted(port);
    }
}
