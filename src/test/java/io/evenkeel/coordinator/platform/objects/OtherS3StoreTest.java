package io.evenkeel.coordinator.platform.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.S3Mock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Tests the contract against the S3 server in {@code S3_ENDPOINT}, whose key and secret are {@code test}; {@code
 * .ci/s3} starts one.
 */
@EnabledIfEnvironmentVariable(
        named = "S3_ENDPOINT",
        matches = "http.+",
        disabledReason = "S3_ENDPOINT is not set to a second S3 server")
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

    @Test
    void listsMoreNamesThanAPageOfTheServerHas() {
        Instant later = Instant.parse("2127-01-01T00:00:00Z");
        List<String> names = IntStream.range(0, 2500)
                .mapToObj(i -> ObjectNames.next(later.plusSeconds(1L + i)))
                .toList();
        names.parallelStream().forEach(name -> store().put(name, Content.of(new byte[] {1})));

        List<String> listed = new ArrayList<>();
        List<String> page = store().list(ObjectNames.next(later), 1000);
        while (!page.isEmpty()) {
            listed.addAll(page);
            page = store().list(page.get(page.size() - 1), 1000);
        }
        assertThat(listed).containsExactlyElementsOf(names);
        names.parallelStream().forEach(store()::delete);
    }
}
