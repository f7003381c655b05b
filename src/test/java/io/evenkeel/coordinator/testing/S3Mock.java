package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.platform.objects.StorageSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Adobe's S3Mock in a separate process, which all tests of this JVM share; it ends with the JVM. */
public final class S3Mock {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports.* (\\d+) \\(http\\)");
    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static @Nullable S3Mock shared;

    private final URI endpoint;

    private S3Mock(URI endpoint) {
        this.endpoint = endpoint;
    }

    /** Returns the server. Sets system properties with credentials, which the server does not check. */
    public static synchronized S3Mock shared() {
        if (shared == null) {
            shared = at(start());
        }
        return shared;
    }

    /** Returns another server that accepts any credentials. */
    public static S3Mock at(URI endpoint) {
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
        return new S3Mock(endpoint);
    }

    private static URI start() {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-jar",
                            jar(),
                            "--server.port=0",
                            "--http.port=0")
                    .redirectErrorStream(true)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String line = output.readLine();
            while (line != null) {
                Matcher started = STARTED.matcher(line);
                if (started.find()) {
                    discard(output);
                    return URI.create("http://localhost:" + started.group(1));
                }
                line = output.readLine();
            }
            throw new IllegalStateException("S3Mock ended before it had started");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps reading, so that the process never blocks on its output. */
    private static void discard(BufferedReader output) {
        Thread reader = new Thread(() -> output.lines().forEach(line -> {}));
        reader.setDaemon(true);
        reader.start();
    }

    private static String jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.matches(".*s3mock-.*-exec\\.jar"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("S3Mock is not on the class path"));
    }

    public URI endpoint() {
        return endpoint;
    }

    /** Creates a bucket and returns its name. */
    public String newBucket() {
        String bucket = "bucket-" + BUCKETS.incrementAndGet();
        try (S3Client client = S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            var unused = client.createBucket(create -> create.bucket(bucket));
        }
        return bucket;
    }

    /** Returns the settings of a store in a bucket at an endpoint. */
    public static StorageSettings settings(String bucket, URI endpoint, Duration timeout) {
        return new StorageSettings(
                StorageSettings.Kind.S3,
                null,
                bucket,
                "some/prefix/",
                endpoint.toString(),
                null,
                null,
                timeout,
                DataSize.ofKilobytes(16),
                Duration.ofDays(1),
                Duration.ofHours(1),
                Duration.ZERO,
                false);
    }
}
