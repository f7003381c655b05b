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
 * Answers the requests that Helm's {@code lookup} of Secrets and Deployments sends to a Kubernetes API
 * server. The build points KUBECONFIG at the file that this class writes.
 */
final class StubCluster {

    private static final StubCluster INSTANCE = new StubCluster();

    private static final String SECRETS = "/api/v1/namespaces/" + Chart.NAMESPACE + "/secrets/";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/" + Chart.NAMESPACE + "/deployments/";

    /** The objects by path. */
    private final Map<String, String> objects = new ConcurrentHashMap<>();

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

    /** Stores a secret with one entry, whose value is in base64. */
    void put(String name, String key, String base64) {
        objects.put(SECRETS + name, """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s", "namespace": "%s"}, "data": {"%s": "%s"}}""".formatted(name, Chart.NAMESPACE, key, base64));
    }

    /** Stores a deployment with a number of replicas. */
    void putDeployment(String name, int replicas) {
        objects.put(DEPLOYMENTS + name, """
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "%s", "namespace": "%s"}, "spec": {"replicas": %d}}""".formatted(name, Chart.NAMESPACE, replicas));
    }

    void clear() {
        objects.clear();
    }

    private void answer(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        String object = objects.get(uri.getPath());
        if (uri.getPath().equals("/api/v1")) {
            send(exchange, 200, """
                    {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
                      {"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret", "verbs": ["get", "list"]}]}""");
        } else if (uri.getPath().equals("/apis/apps/v1")) {
            send(exchange, 200, """
                    {"kind": "APIResourceList", "groupVersion": "apps/v1", "resources": [
                      {"name": "deployments", "singularName": "deployment", "namespaced": true, "kind": "Deployment", "verbs": ["get", "list"]}]}""");
        } else if (object != null) {
            send(exchange, 200, object);
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
