package io.evenkeel.trial.cost;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.RoundUpdate;
import io.evenkeel.trial.result.ArmSummary;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a training to a target takes of the whole fleet of the trial; infinite where the target was not reached.
 *
 * @param bytesUp sent
 * @param bytesDown fetched
 * @param seconds of computing on the trial's machine, all clients together
 */
record Usage(double bytesUp, double bytesDown, double seconds) {

    private static final int MESSAGE_HEADER = messageHeader();
    private static final int UPDATE_HEADER = updateHeader();

    /**
     * Reads what an arm took in the trial, and stretches it to a model of another size with the same number of rounds. Headers stay as
     * they are; values, indices and computing grow with the model, so that the same share of the coordinates is sent.
     *
     * @param messages a round
     * @param growth parameters of the model over those of the trial's
     */
    static Usage of(ArmSummary.Reach reach, Bound bound, double messages, double growth) {
        double exchanges = messages * bound.of(reach.rounds());
        return new Usage(
                stretched(bound.of(reach.uplinkBytes()), exchanges * MESSAGE_HEADER, growth),
                stretched(bound.of(reach.downlinkBytes()), exchanges * UPDATE_HEADER, growth),
                growth * bound.of(reach.seconds()));
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
