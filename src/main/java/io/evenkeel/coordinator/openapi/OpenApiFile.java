package io.evenkeel.coordinator.openapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evenkeel.coordinator.CoordinatorApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Writes the OpenAPI document: starts a coordinator with an in-memory database, and requests the document
 * from springdoc.
 */
final class OpenApiFile {

    private OpenApiFile() {}

    /**
     * Writes the document.
     *
     * @param args the file to write
     */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        try (var coordinator = new SpringApplicationBuilder(CoordinatorApplication.class, OpenApiConfiguration.class)
                .properties("logging.level.root=warn")
                .run(
                        "--spring.datasource.url=jdbc:h2:mem:openapi",
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        // Set so that no token is generated and printed.
                        "--evenkeel.operator-token=evk_op_0000000000000000000000000000000000000000000",
                        // Another path, because /openapi.json serves the file that is generated here.
                        "--springdoc.api-docs.path=/openapi/made",
                        "--springdoc.api-docs.version=openapi_3_0",
                        "--springdoc.packages-to-scan=io.evenkeel.coordinator",
                        "--springdoc.default-produces-media-type=application/json",
                        // Disabled, because springdoc fails when it mistakes a JSON tree for a bean.
                        "--springdoc.model-converters.polymorphic-converter.enabled=false",
                        "--springdoc.override-with-generic-response=false",
                        "--springdoc.writer-with-order-by-keys=true")) {
            String port = coordinator.getEnvironment().getRequiredProperty("local.server.port");
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/openapi/made"))
                    .build();
            var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(
                        "springdoc answered " + answer.statusCode() + ": " + new String(answer.body(), UTF_8));
            }
            Files.write(file, answer.body());
        }
    }
}
