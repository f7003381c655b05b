package io.evenkeel.core.wire;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Reads the report in a message's header, after the header's lengths have been checked. */
final class ReportReader {

    private ReportReader() {}

    static Report read(WireReader in, int flags) {
        long samples = Message.atLeast(in, "samples", 0);
        OptionalDouble loss =
                (flags & MessageLayout.HAS_LOSS) == 0 ? OptionalDouble.empty() : OptionalDouble.of(in.finite("loss"));
        OptionalDouble gradientNorm = notNegative(in, "gradient norm", flags & MessageLayout.HAS_GRADIENT_NORM);
        OptionalDouble smoothness = notNegative(in, "smoothness", flags & MessageLayout.HAS_SMOOTHNESS);
        return new Report(samples, loss, gradientNorm, smoothness, metrics(in));
    }

    private static OptionalDouble notNegative(WireReader in, String what, int present) {
        if (present == 0) {
            return OptionalDouble.empty();
        }
        double value = in.finite(what);
        if (value < 0) {
            throw new WireException(
                    Fault.INVALID_VALUE, in.position() - Double.BYTES, what + " " + value, "at least 0");
        }
        return OptionalDouble.of(value);
    }

    private static Map<String, Double> metrics(WireReader in) {
        int count = in.u8("the count of metrics");
        if (count > Report.MAX_METRICS) {
            throw new WireException(
                    Fault.LIMIT_EXCEEDED, in.position() - 1, count + " metrics", "at most " + Report.MAX_METRICS);
        }
        TreeMap<String, Double> metrics = new TreeMap<>();
        String last = "";
        for (int i = 0; i < count; i++) {
            int start = in.position();
            int length = in.u8("the length of a metric's name");
            String name = new String(in.bytes(), in.position(), length, StandardCharsets.ISO_8859_1);
            checkName(name, last, start);
            in.moveTo(in.position() + length);
            metrics.put(name, in.finite("metric " + name));
            last = name;
        }
        return metrics;
    }

    private static void checkName(String name, String last, int position) {
        if (!Report.isName(name)) {
            throw new WireException(
                    Fault.INVALID_VALUE,
                    position,
                    "a metric's name of " + name.length() + " characters, not all allowed",
                    "1 to 64 of a-z 0-9 _ . -");
        }
        if (name.compareTo(last) <= 0) {
            throw new WireException(
                    Fault.NOT_CANONICAL, position, "metric " + name + " after " + last, "each once, ascending by name");
        }
    }
}
