package io.evenkeel.coordinator.platform.http;

import org.junit.jupiter.api.Tag;

/**
 * Thousands of connections: {@code mvn -pl src/test -am -Phostile test}; needs 20,000 file descriptors
 * ({@code ulimit -n}).
 */
@Tag("hostile")
class LargeCrowdTest extends CrowdTest {

    @Override
    int size() {
        return 1_000;
    }

    @Override
    int idle() {
        return 8_000;
    }

    @Override
    int pollers() {
        return 5_000;
    }
}
