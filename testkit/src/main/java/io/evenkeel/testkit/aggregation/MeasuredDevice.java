package io.evenkeel.testkit.aggregation;

import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * A device of a {@link MeasuredCohort}: converts the frames that it receives to those that it sends. Not thread-safe.
 */
final class MeasuredDevice {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final CohortContext context;
    private final CohortRules rules;
    private final int member;
    private final SecAggDevice device;
    private final SignedAdvertisement own;

    MeasuredDevice(CohortContext context, CohortRules rules, DeviceIdentity identity, int member) {
        this.context = context;
        this.rules = rules;
        this.member = member;
        this.device = new SecAggDevice(context, member, RANDOM);
        this.own = identity.sign(device.advertisement(), context);
    }

    static double value(int member) {
        return member % 2 == 0 ? 0.5 : -0.25;
    }

    byte[] keys() {
        return SecAggFrames.encode(own);
    }

    byte[] shares(byte[] cohort) throws SecAggException {
        CohortKeys keys = SecAggFrames.decodeCohort(cohort);
        rules.check(context, own, keys);
        return SecAggFrames.encodeSent(device.share(keys.neighboursOf(member), keys.threshold()));
    }

    byte[] masked(byte[] shares, VectorWords coding, int count) throws SecAggException {
        double[] values = new double[count];
        Arrays.fill(values, value(member));
        int[] words = coding.encode(values, OptionalDouble.of(1));
        device.mask(words, SecAggFrames.decodeReceived(shares, member));
        return SecAggFrames.encode(new MaskedVector(1, 0, member, words));
    }

    byte[] reveal(byte[] included) throws SecAggException {
        return SecAggFrames.encode(device.reveal(SecAggFrames.decodeIncluded(included)));
    }
}
