package io.evenkeel.coordinator.platform.objects;

import io.evenkeel.coordinator.testing.S3Mock;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract against the S3 server in {@code S3_ENDPOINT}, which takes any credentials, such as {@code moto_server} of Python. */
@EnabledIfEnvironmentVariable(
        named = "S3_ENDPOINT",
        matches = "http.+",
        disabledReason = "S3_ENDPOINT names no second S3 server")
class OtherS3StoreTest extends ObjectStoreContract {

    private static @Nullable S3Store store;

    @BeforeAll
    static void open() {
        S3Mock server = S3Mock.at(URI.create(System.getenv("S3_ENDPOINT")));
        store = new S3Store(S3Mock.settings(server.newBucket(), server.endpoint(), Duration.ofSeconds(30)));
    }

    @Override
    protected ObjectStore store() {
        return Objects.requireNonNull(store);
    }
}
