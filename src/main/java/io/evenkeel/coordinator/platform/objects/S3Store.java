package io.evenkeel.coordinator.platform.objects;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Stores objects in a bucket of S3 or of a compatible service. The SDK signs requests and streams objects. An
 * object can have up to 5 GiB, S3's limit for one request.
 *
 * <p>A request that fails or is throttled (503, 429) is repeated up to four times, with pauses that double up
 * to the timeout. A request that is refused because of outdated credentials is repeated once with the current
 * ones. An interrupted download is continued.
 */
public final class S3Store implements ObjectStore, AutoCloseable {

    private static final int NO_SUCH_RANGE = 416;
    private static final int ATTEMPTS = 5;

    /** The timeout divided by this number is the first pause: 0.5 s for a timeout of 10 s. */
    private static final int FIRST_PAUSE = 20;

    private final S3Credentials credentials = new S3Credentials();
    private final S3Client client;
    private final String bucket;
    private final String prefix;
    private final String description;

    /** @param settings the settings, which must contain a bucket */
    public S3Store(StorageSettings settings) {
        this(settings, settings.timeout().dividedBy(FIRST_PAUSE));
    }

    /** @param pause the pause before a request is repeated for the first time; doubles each time */
    S3Store(StorageSettings settings, Duration pause) {
        this.bucket = Objects.requireNonNull(settings.bucket());
        this.prefix = Objects.requireNonNullElse(settings.prefix(), "");
        this.description =
                "s3://" + bucket + "/" + prefix + (settings.endpoint() == null ? "" : " at " + settings.endpoint());
        try {
            this.client = client(settings, pause, credentials);
        } catch (SdkException e) {
            throw new ObjectStoreException(description, "be configured", e);
        }
    }

    private static S3Client client(StorageSettings settings, Duration pause, S3Credentials credentials) {
        BackoffStrategy pauses = BackoffStrategy.exponentialDelay(pause, pause.multipliedBy(FIRST_PAUSE));
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .overrideConfiguration(of -> of.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(ATTEMPTS)
                        .backoffStrategy(pauses)
                        .throttlingBackoffStrategy(pauses)
                        .build()))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.timeout())
                        .socketTimeout(settings.timeout()))
                // Other services do not support the checksums that the SDK has sent by default since 2025.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (settings.endpoint() != null) {
            // Other services have a single region, and no separate host name for each bucket.
            builder.endpointOverride(URI.create(settings.endpoint()))
                    .forcePathStyle(true)
                    .region(Region.US_EAST_1);
        }
        if (settings.region() != null) {
            builder.region(Region.of(settings.region()));
        }
        return builder.build();
    }

    @Override
    public void put(String name, Content content) {
        RequestBody body = RequestBody.fromContentProvider(
                () -> {
                    try {
                        return content.source().open();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                content.length(),
                "application/octet-stream");
        var unused = trying(
                "write object " + name,
                () -> client.putObject(to -> to.bucket(bucket).key(key(name)), body));
    }

    @Override
    public InputStream open(ObjectRange range) {
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        return new S3Download(range, offset -> opened(range, offset));
    }

    private ResponseInputStream<?> opened(ObjectRange range, long offset) {
        try {
            return trying(
                    "read object " + range.name(),
                    () -> client.getObject(from -> from.bucket(bucket)
                            .key(key(range.name()))
                            .range("bytes=" + offset + "-" + (range.end() - 1))));
        } catch (ObjectStoreException e) {
            if (e.getCause() instanceof NoSuchKeyException) {
                throw MissingObjectException.of(range, description);
            }
            if (e.getCause() instanceof S3Exception refusal && refusal.statusCode() == NO_SUCH_RANGE) {
                throw MissingObjectException.tooShort(range, description);
            }
            throw e;
        }
    }

    @Override
    public void delete(String name) {
        var unused = trying(
                "delete object " + name,
                () -> client.deleteObject(from -> from.bucket(bucket).key(key(name))));
    }

    @Override
    public List<String> list(String after, int limit) {
        return trying(
                "list its objects",
                () -> client
                        .listObjectsV2(from -> from.bucket(bucket)
                                .prefix(prefix)
                                .startAfter(key(after))
                                .maxKeys(limit))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .map(key -> key.substring(prefix.length()))
                        .toList());
    }

    @Override
    public void check() {
        var unused = trying("be reached", () -> client.headBucket(of -> of.bucket(bucket)));
    }

    private <T> T trying(String what, Supplier<T> work) {
        try {
            try {
                return work.get();
            } catch (S3Exception e) {
                if (!S3Credentials.mayBeOutdated(e)) {
                    throw e;
                }
                credentials.refresh();
                return work.get();
            }
        } catch (SdkException | UncheckedIOException | IllegalStateException e) {
            // An IllegalStateException means that the actual length of the content differs from the declared
            // one.
            throw new ObjectStoreException(description, what, e);
        }
    }

    private String key(String name) {
        return prefix + name;
    }

    @Override
    public void close() {
        client.close();
        credentials.close();
    }

    @Override
    public String toString() {
        return description;
    }
}
