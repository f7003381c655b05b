package io.evenkeel.core.privacy;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.ReleaseMechanism;

/**
 * Gaussian noise: a message's values are scaled to a norm of at most {@code bound}, and get noise whose
 * standard deviation in each coordinate is {@code noiseMultiplier * bound}. Immutable.
 *
 * <p>A device's entire data set is protected: neighbouring data sets differ in all the data of one device.
 * The messages of two neighbours then differ by up to {@code 2 bound}, so one message is a Gaussian mechanism
 * with {@link #multiplier} {@code noiseMultiplier / 2}. This holds for any message, with or without momentum,
 * because the bound applies to the sent values. Error feedback adds the message with its noise to its state,
 * which is post-processing.
 *
 * <p>If the coordinator adds the noise, it does so once per round, to the sum of the messages. The sums of
 * neighbours differ by as much as that device's message. So a round is the same mechanism for each
 * participating device, and the noise does not grow with the number of devices.
 *
 * @param normalization the rule by which values are scaled
 * @param bound the largest norm, 1e-30 to 1e30
 * @param noiseMultiplier the standard deviation divided by the bound, 0.01 to 10,000
 */
public record GaussianMechanism(Normalization normalization, double bound, double noiseMultiplier)
        implements PrivacyMechanism {

    /** The smallest noise multiplier. */
    private static final double MIN_NOISE = 0.01;

    /** The largest noise multiplier. */
    private static final double MAX_NOISE = 10_000;

    static final Entry ENTRY = Entry.of(
            "gaussian",
            "Scales a message to a norm of at most a bound, and adds discrete Gaussian noise to each coordinate.",
            Parameter.text("normalization", "smoothed:<a> or clip", "smoothed:1.0"),
            Parameter.text("bound", "1e-30 to 1e30", "1.0"),
            Parameter.text("noiseMultiplier", "0.01 to 10000, or privacy.target instead", null));

    private static final int NUMBERS = 2;

    /**
     * @throws IllegalArgumentException if a number is out of range
     */
    public GaussianMechanism {
        Ranges.require("the bound", bound, Ranges.SMALLEST, Ranges.LARGEST);
        Ranges.require("the noise multiplier", noiseMultiplier, MIN_NOISE, MAX_NOISE);
    }

    /**
     * Reads {@code <normalization>:<bound>:<noise multiplier>}, such as {@code smoothed:1:0.5:8} or {@code clip:0.5:8}.
     *
     * @throws IllegalArgumentException if the text is invalid; the message says what is expected
     */
    public static GaussianMechanism parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length <= NUMBERS) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is not a mechanism: expected smoothed:<a>:<bound>:<noise multiplier> or clip:<bound>:<noise multiplier>");
        }
        int last = parts.length - 1;
        int end = text.length() - parts[last].length() - parts[last - 1].length() - NUMBERS;
        return new GaussianMechanism(
                Normalization.parse(text.substring(0, end)),
                Ranges.number("the bound", parts[last - 1]),
                Ranges.number("the noise multiplier", parts[last]));
    }

    @Override
    public double multiplier() {
        return noiseMultiplier / 2;
    }

    @Override
    public PrivacyCost cost() {
        return PrivacyCost.of(multiplier(), 0);
    }

    @Override
    public double epsilon(long messages, double delta) {
        return RenyiAccountant.epsilon(multiplier(), messages, delta);
    }

    @Override
    public int releases(double epsilon, double delta) {
        return RenyiAccountant.releases(multiplier(), epsilon, delta);
    }

    /** Returns the mechanism that meets a target for a number of messages of each device. */
    public static GaussianMechanism calibrated(
            Normalization normalization, double bound, double epsilon, double delta, int messages) {
        return new GaussianMechanism(normalization, bound, 2 * RenyiAccountant.multiplier(epsilon, delta, messages));
    }

    @Override
    public ReleaseMechanism on(CompressorSpec spec, NoiseSource noise) {
        PrivacyMechanism.requireSuited(spec);
        return new GaussianRelease(this, grid(spec), noise);
    }

    @Override
    public ReleaseMechanism withoutNoise(CompressorSpec spec) {
        PrivacyMechanism.requireSuited(spec);
        return new GaussianRelease(this, grid(spec, NoiseAdder.COORDINATOR), NoiseSource.SILENT);
    }

    /** Returns the grid on which the messages of a compressor lie if devices add the noise. */
    public NoiseGrid grid(CompressorSpec spec) {
        return grid(spec, NoiseAdder.DEVICE);
    }

    @Override
    public NoiseGrid grid(CompressorSpec spec, NoiseAdder by) {
        return by == NoiseAdder.DEVICE
                ? NoiseGrid.of(bound, noiseMultiplier, spec.coding())
                : NoiseGrid.ofSum(bound, noiseMultiplier, spec.coding());
    }

    @Override
    public String toString() {
        return normalization + ":" + bound + ":" + noiseMultiplier;
    }
}
