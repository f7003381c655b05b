package io.evenkeel.testkit.chaos;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Adobe's S3Mock in a separate process. */
final class StoreServer implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports.* (\\d+) \\(http\\)");

    private final Process process;
    private final URI address;

    private StoreServer(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    static StoreServer start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        jar(),
                        "--server.port=0",
                        "--http.port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                // Otherwise the process would block on its full output pipe.
                Thread reader = new Thread(() -> output.lines().forEach(more -> {}));
                reader.setDaemon(true);
                reader.start();
                return new StoreServer(process, URI.create("http://localhost:" + started.group(1)));
            }
        }
        throw new IllegalStateException("S3Mock ended before it had started");
    }

    private static String jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.matches(".*s3mock-.*-exec\\.jar"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("S3Mock is not on the class path"));
    }

    URI address() {
        return address;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
