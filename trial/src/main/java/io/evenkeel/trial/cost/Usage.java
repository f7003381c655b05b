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
 * The resources that one device needs for training to a target; infinite if the target was not reached.
 *
 * @param bytesUp the bytes sent
 * @param bytesDown the bytes downloaded
 * @param seconds the computing time on the trial's machine
 */
record Usage(double bytesUp, double bytesDown, double seconds) {

    private static final int MESSAGE_HEADER = messageHeader();
    private static final int UPDATE_HEADER = updateHeader();

    /**
     * Scales a device's usage in the trial to a model and a fleet of another size, with the same number of rounds.
     * Headers keep their size; values, indices and computing grow with the model, so that the same share of the
     * coordinates is sent.
     *
     * @param exchanges the number of rounds that a device took part in
     * @param dimension the dimension of the trial's model
     * @param parameters the number of parameters of the real model
     * @param downlink the form in which devices download the model
     * @param factor the factor by which updates of the real fleet are larger
     */
    Usage stretched(double exchanges, double dimension, double parameters, FleetDownlink downlink, double factor) {
        double growth = parameters / dimension;
        double up = stretched(bytesUp, exchanges * MESSAGE_HEADER, growth);
        double first = Math.min(Float.BYTES * dimension, bytesDown);
        // The downloaded model has as many values as the uploaded gradient.
        double down = downlink.kind() == FleetDownlink.Kind.MODEL
                ? up
                : growth * first + stretched(bytesDown - first, exchanges * UPDATE_HEADER, growth * factor);
        return new Usage(up, down, growth * seconds);
    }

    /** Returns a copy with a lossy downlink: the first model, then {@code each} bytes per parameter and exchange. */
    Usage withLossyDownlink(double exchanges, double parameters, double each) {
        double down = Float.BYTES * parameters + exchanges * (each * parameters + UPDATE_HEADER);
        return new Usage(bytesUp, down, seconds);
    }

    /** Returns the bytes per parameter that a participating device downloaded, without headers and its first model. */
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
