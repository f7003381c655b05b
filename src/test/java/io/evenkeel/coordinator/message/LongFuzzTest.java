package io.evenkeel.coordinator.message;

import org.junit.jupiter.api.Tag;

/** A million inputs: {@code mvn -pl src/test -am -Phostile test -Dtest=LongFuzzTest -Devenkeel.fuzz.inputs=250000}. */
@Tag("hostile")
class LongFuzzTest extends FuzzTest {

    @Override
    int inputs() {
        return Integer.getInteger("evenkeel.fuzz.inputs", 250_000);
    }

    /** Returns less than a line of text per input, so that the test detects leaked memory. */
    @Override
    long growth() {
        return 16L << 20;
    }
}
