package io.evenkeel.trial.cost;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.RoundUpdate;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The resources that a training to a target takes of one device; infinite if the target was not reached.
 *
 * @param bytesUp sent
 * @param bytesDown fetched
 * @param seconds of computing on the trial's machine
 */
record Usage(double bytesUp, double bytesDown, double seconds) {

    private static final int MESSAGE_HEADER = messageHeader();
    private static final int UPDATE_HEADER = updateHeader();

    /**
     * Stretches what a device took in the trial to a model and a fleet of another size with the same number of rounds. Headers stay as
     * they are; values, indices and computing grow with the model, so that the same share of the coordinates is sent.
     *
     * @param exchanges how many rounds a device took part in
     * @param dimension of the trial's model
     * @param parameters of the real model
     * @param downlink how devices follow the model
     * @param factor by which the real fleet's updates are larger
     */
    Usage stretched(double exchanges, double dimension, double parameters, FleetDownlink downlink, double factor) {
        double growth = parameters / dimension;
        double up = stretched(bytesUp, exchanges * MESSAGE_HEADER, growth);
        double first = Math.min(Float.BYTES * dimension, bytesDown);
        // The model that comes is as long as the gradient that goes.
        double down = downlink.kind() == FleetDownlink.Kind.MODEL
                ? up
                : growth * first + stretched(bytesDown - first, exchanges * UPDATE_HEADER, growth * factor);
        return new Usage(up, down, growth * seconds);
    }

    /** Returns the same with a lossy downlink: the first model, then {@code each} bytes for a parameter and exchange. */
    Usage withLossyDownlink(double exchanges, double parameters, double each) {
        double down = Float.BYTES * parameters + exchanges * (each * parameters + UPDATE_HEADER);
        return new Usage(bytesUp, down, seconds);
    }

    /** Returns how many bytes for each parameter a device fetched when it took part, without headers and its first model. */
    static double fetched(double bytesDown, double exchanges, double dimension) {
        double body = bytesDown - Float.BYTES * dimension - exchanges * UPDATE_HEADER;
        return exchanges > 0 ? Math.max(0, body / exchanges / dimension) : 0;
    }

    private static double stretched(double bytes, double headers, double growth) {
        if (Double.isInfinite(bytes)) {
            return bytes;
        }
        double fixed = Math.min(headers, bytes);
        return fixed + growth * (bytes - fixed);
    }

    private static CompressedVector nothing() {
        return new CompressedVector(new Support.Listed(1, new int[0]), ValueCoding.FLOAT64, new double[0]);
    }

    private static int messageHeader() {
        Report report = new Report(1, OptionalDouble.of(0), OptionalDouble.of(0), OptionalDouble.empty(), Map.of());
        return new Message(1, 0, report, nothing()).encode().length;
    }

    private static int updateHeader() {
        return new RoundUpdate(0, true, 1, new double[] {1}, nothing()).encode().length;
    }
}
