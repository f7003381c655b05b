package io.evenkeel.coordinator.round;

import org.junit.jupiter.api.Tag;

/** A million inputs and more: {@code mvn -pl src -am -Phostile test}. */
@Tag("hostile")
class LongFuzzTest extends FuzzTest {

    @Override
    int inputs() {
        return Integer.getInteger("evenkeel.fuzz.inputs", 900_000);
    }

    /** Less than a line of text for each input, so whatever is kept of one shows. */
    @Override
    long growth() {
        return 16L << 20;
    }
}
