package io.evenkeel.coordinator.secagg;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.function.Supplier;

/** Decodes the frames of the steps; an invalid frame becomes a problem that names the position of the error. */
final class StepFrames {

    private StepFrames() {}

    /** Keys, and the frame in which they were sent. */
    static final class Keys {

        private final SignedAdvertisement advertisement;
        private final byte[] frame;

        private Keys(SignedAdvertisement advertisement, byte[] frame) {
            this.advertisement = advertisement;
            this.frame = frame;
        }

        SignedAdvertisement advertisement() {
            return advertisement;
        }

        byte[] frame() {
            return frame;
        }
    }

    /** A masked vector, and the frame in which it was sent. */
    static final class Masked {

        private final MaskedVector vector;
        private final byte[] frame;

        private Masked(MaskedVector vector, byte[] frame) {
            this.vector = vector;
            this.frame = frame;
        }

        MaskedVector vector() {
            return vector;
        }

        byte[] frame() {
            return frame;
        }
    }

    /** Decodes keys. */
    static Keys keys(byte[] frame) {
        return new Keys(decoded(() -> SecAggFrames.decodeKeys(frame)), frame);
    }

    /** Decodes the shares from a member. */
    static List<EncryptedShares> shares(byte[] frame, int from) {
        return decoded(() -> SecAggFrames.decodeSent(frame, from));
    }

    /** Decodes a masked vector with a given number of words. */
    static Masked masked(byte[] frame, int words) {
        return new Masked(decoded(() -> SecAggFrames.decodeMasked(frame, words)), frame);
    }

    /** Decodes a member's reveal. */
    static Reveal reveal(byte[] frame, int member) {
        return decoded(() -> SecAggFrames.decodeReveal(frame, member));
    }

    /**
     * Runs a decoder.
     *
     * @throws ProblemException {@code invalid-frame}, {@code plan-exceeded}
     */
    private static <T> T decoded(Supplier<T> decoder) {
        try {
            return decoder.get();
        } catch (WireException e) {
            ProblemKind problem = e.fault() == WireException.Fault.LIMIT_EXCEEDED
                    ? ProblemKind.PLAN_EXCEEDED
                    : ProblemKind.INVALID_FRAME;
            throw problem.because(
                            e.getMessage() == null ? e.fault().name() : e.getMessage(),
                            e.fault().action())
                    .with("position", e.position());
        }
    }
}
