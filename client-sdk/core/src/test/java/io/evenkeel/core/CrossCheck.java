package io.evenkeel.core;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.KeyTexts;
import io.evenkeel.core.secagg.MixedCohort;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.step.MemberLosses;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.ModelDelta;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Serves the tests of other SDKs: reads one command per line from standard input and writes this SDK's result.
 *
 * <p>Words are separated by spaces. Arrays of doubles are little-endian in Base64; tensors are shapes,
 * {@code 3x4}, separated by commas. The result of a refused command is {@code refused}.
 */
public final class CrossCheck {

    private CrossCheck() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(answer(line.split(" ", -1)));
        }
    }

    private static String answer(String[] words) {
        try {
            return switch (words[0]) {
                case "spec" -> spec(words[1], layout(words[2]));
                case "frame" -> frame(words);
                case "release" -> release(words);
                case "shares" -> shares(words);
                case "transcode" -> transcode(Integer.parseInt(words[1]), words[2]);
                case "feedback" -> feedback(words);
                case "schedule" -> schedule(words);
                case "step" -> step(words);
                case "downlink" -> downlink(words);
                case "secagg" -> secagg(words);
                case "cohort" -> cohort(words);
                case "keys" -> KeyTexts.answer(words);
                default -> throw new IllegalStateException("no such command: " + words[0]);
            };
        } catch (IllegalArgumentException e) {
            return "refused";
        }
    }

    /** {@code cohort MEMBERS DROPOUT COLLUSION}: the threshold, or {@code none}. */
    private static String cohort(String[] words) {
        return CohortParameters.of(
                        Integer.parseInt(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]))
                .map(found -> Integer.toString(found.threshold()))
                .orElse("none");
    }

    /**
     * {@code secagg SIZE THRESHOLD RANDOM KEYS [SHARES [WORDS GONE REVEALED]]}: the keys, the shares for the other
     * SDK's device, or the sum, depending on the optional arguments, which are the other SDK's half. Words are
     * little-endian; GONE is a comma-separated list, or {@code -}.
     */
    private static String secagg(String[] words) {
        try {
            MixedCohort cohort = new MixedCohort(
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Base64.getDecoder().decode(words[3]));
            String keys = cohort.advertise(Base64.getDecoder().decode(words[4]));
            if (words.length == 5) {
                return keys;
            }
            String shares = cohort.share(Base64.getDecoder().decode(words[5]));
            if (words.length == 6) {
                return shares;
            }
            byte[] masked = Base64.getDecoder().decode(words[6]);
            int[] vector = new int[masked.length / Integer.BYTES];
            ByteBuffer.wrap(masked).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(vector);
            Set<Integer> gone = words[7].equals("-")
                    ? Set.of()
                    : Arrays.stream(words[7].split(",")).map(Integer::valueOf).collect(Collectors.toSet());
            return cohort.sum(vector, gone, Base64.getDecoder().decode(words[8]));
        } catch (SecAggException e) {
            return "refused " + e.getMessage().replace(' ', '_');
        }
    }

    /** {@code spec TEXT TENSORS}: the canonical text, alpha (NaN for none), the maximum number of values. */
    private static String spec(String text, TensorLayout layout) {
        Compressor compressor = CompressorSpec.parse(text).bind(layout);
        double alpha = compressor.alpha().orElse(Double.NaN);
        return compressor.spec() + " " + encoded(alpha) + " " + compressor.maxCount();
    }

    /** {@code frame TEXT TENSORS SEED U MINUS}: the frame of C(u - minus); {@code -} if nothing is subtracted. */
    private static String frame(String[] words) {
        Compressor compressor = CompressorSpec.parse(words[1]).bind(layout(words[2]));
        double[] minus = words[5].equals("-") ? null : doubles(words[5]);
        CompressedVector vector = compressor.compress(doubles(words[4]), minus, Long.parseUnsignedLong(words[3], 16));
        return Base64.getEncoder().encodeToString(FrameCodec.encode(vector));
    }

    /**
     * {@code release TEXT TENSORS SEED U MINUS MECHANISM NOISE}: as {@code frame}, with a mechanism whose
     * noise is given in steps; {@code -} if the coordinator adds it.
     */
    private static String release(String[] words) {
        CompressorSpec spec = CompressorSpec.parse(words[1]);
        GaussianMechanism mechanism = GaussianMechanism.parse(words[6]);
        NoiseSource noise = (deviation, into) -> Arrays.setAll(into, j -> (long) doubles(words[7])[j]);
        NoiseAdder by = words[7].equals("-") ? NoiseAdder.COORDINATOR : NoiseAdder.DEVICE;
        CompressedVector vector = spec.bind(layout(words[2]))
                .releasing(by == NoiseAdder.DEVICE ? mechanism.on(spec, noise) : mechanism.withoutNoise(spec))
                .compress(doubles(words[4]), doubles(words[5]), Long.parseUnsignedLong(words[3], 16));
        NoiseGrid grid = mechanism.grid(spec, by);
        return Base64.getEncoder().encodeToString(FrameCodec.encode(vector)) + " " + mechanism + " " + grid.exponent()
                + " " + grid.bound() + " " + grid.deviation();
    }

    /**
     * {@code shares MECHANISM EXPONENT MIN MAX COLLUSION TENSORS U NOISE}: the honest devices, the grid's
     * bound and deviation, and the words of the message with noise, which is given in steps.
     */
    private static String shares(String[] words) {
        TensorLayout layout = layout(words[6]);
        CohortNoise noise = CohortNoise.of(
                GaussianMechanism.parse(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]),
                Double.parseDouble(words[5]),
                layout.dimension());
        double[] message = CompressorSpec.parse("identity+float64")
                .bind(layout)
                .releasing(noise.withoutNoise())
                .compress(doubles(words[7]), null, 0)
                .toDense();
        int[] sent = new VectorWords(Integer.parseInt(words[2]), Integer.parseInt(words[4]))
                .encode(message, OptionalDouble.empty());
        noise.add(sent, message.length, (deviation, into) -> Arrays.setAll(into, j -> (long) doubles(words[8])[j]));
        String text = Arrays.stream(sent).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        return noise.honest() + " " + noise.grid().bound() + " " + noise.grid().deviation() + " " + text;
    }

    /** {@code transcode DIMENSION FRAME}: the frame after decoding and re-encoding, and its values including zeros. */
    private static String transcode(int dimension, String frame) {
        CompressedVector vector = FrameCodec.decode(Base64.getDecoder().decode(frame), FrameLimits.of(dimension));
        return Base64.getEncoder().encodeToString(FrameCodec.encode(vector)) + " " + encoded(vector.toDense());
    }

    /**
     * {@code feedback METHOD TEXT TENSORS ETA NUMBER...}: the frame of each round, then the state's vectors.
     * Round k's model is the k-th array, and the gradient at x is 3 x times the array of round k, coordinate
     * by coordinate, plus that array.
     */
    private static String feedback(String[] words) {
        TensorLayout layout = layout(words[3]);
        Compressor compressor = CompressorSpec.parse(words[2]).bind(layout);
        ErrorFeedback memory = ErrorFeedback.start(FeedbackMethod.parse(words[1]), layout.dimension());
        List<String> answers = new ArrayList<>();
        for (int round = 0; round < words.length - 5; round++) {
            double[] model = doubles(words[5 + round]);
            double eta = doubles(words[4])[0];
            double[] second = memory.secondPoint();
            Staged staged = memory.stage(
                    model,
                    sampleGradient(memory.point(model, eta), model),
                    second == null ? null : sampleGradient(second, model),
                    eta,
                    compressor,
                    round);
            memory.commit(staged);
            answers.add(Base64.getEncoder().encodeToString(FrameCodec.encode(staged.delta())));
        }
        memory.vectors().forEach(vector -> answers.add(encoded(vector)));
        return String.join(" ", answers);
    }

    private static double[] sampleGradient(double[] x, double[] sample) {
        double[] gradient = new double[x.length];
        Arrays.setAll(gradient, j -> 3 * x[j] * sample[j] + sample[j]);
        return gradient;
    }

    /** {@code schedule TEXT HORIZON ROUNDS}: the values of rounds 0 to ROUNDS - 1. */
    private static String schedule(String[] words) {
        Schedule schedule = Schedule.parse(words[1]);
        double[] values = new double[Integer.parseInt(words[3])];
        Arrays.setAll(values, round -> schedule.at(round, Integer.parseInt(words[2])));
        return encoded(values);
    }

    /** {@code downlink TEXT TENSORS SEED X...}: the delta of each round, then w, which starts at the first x. */
    private static String downlink(String[] words) {
        TensorLayout layout = layout(words[2]);
        Compressor compressor = DeviceModel.compressor(words[1], layout);
        DeviceModel devices = DeviceModel.start(compressor, Long.parseUnsignedLong(words[3], 16), doubles(words[4]));
        List<String> answers = new ArrayList<>();
        for (int round = 0; round < words.length - 5; round++) {
            ModelDelta delta = new ModelDelta(round, devices.follow(doubles(words[5 + round]), round));
            answers.add(Base64.getEncoder().encodeToString(delta.encode()));
        }
        answers.add(encoded(devices.w()));
        return String.join(" ", answers);
    }

    private static StepInput input(double[] settings, int step, int steps) {
        if (settings.length == 3) {
            double slope = settings[2] * (step - 3);
            double change = step % 2 == 0 ? settings[2] * step : Double.NaN;
            return new StepInput(settings[0], settings[1], settings[2], MemberLosses.NONE, 0, slope, change);
        }
        int members = (settings.length - 4) / 2;
        MemberLosses losses = new MemberLosses(
                IntStream.range(0, members).toArray(),
                IntStream.range(0, members)
                        .mapToDouble(i -> settings[4 + 2 * i])
                        .toArray(),
                IntStream.range(0, members)
                        .mapToDouble(i -> settings[5 + 2 * i] / step)
                        .toArray());
        double left = step == steps ? settings[3] : 0;
        return new StepInput(settings[0] - left, settings[1], losses.mean(), losses, left);
    }

    /**
     * {@code step RULE TENSORS WEIGHT,GAMMA,LOSS[,LEFT,WEIGHT,LOSS...] X SUM...}: after a step along each sum: x, then
     * ||g||, the memory's numbers and its vectors. With members, the loss of each is divided by the step's number, and
     * the weight LEFT leaves in the last step. Without members, the slope in step k is (k - 3) times the loss, and in
     * even steps its change is k times the loss. After the second step, the devices' model and its last change both
     * equal the sum.
     */
    private static String step(String[] words) {
        TensorLayout layout = layout(words[2]);
        double[] x = doubles(words[4]);
        double[] settings = doubles(words[3]);
        ModelState state = ModelState.start(layout, StepRule.parse(words[1]), x, true);
        List<String> answers = new ArrayList<>();
        for (int round = 5; round < words.length; round++) {
            System.arraycopy(doubles(words[round]), 0, state.sum(), 0, x.length);
            StepScale scale = state.step(input(settings, round - 4, words.length - 5));
            if (round == 6) {
                double[] sum = state.sum();
                state.followed(new CompressedVector(new Support.All(sum.length), ValueCoding.FLOAT64, sum), sum);
            }
            StepMemory memory = state.memory();
            answers.add(encoded(x));
            DoubleStream vectors = IntStream.range(0, memory.vectorCount())
                    .mapToObj(memory::vector)
                    .flatMapToDouble(Arrays::stream);
            DoubleStream numbers =
                    DoubleStream.concat(DoubleStream.of(scale.directionNorm()), Arrays.stream(memory.numbers()));
            answers.add(encoded(DoubleStream.concat(numbers, vectors).toArray()));
        }
        return String.join(" ", answers);
    }

    private static TensorLayout layout(String sizes) {
        List<Tensor> tensors = new ArrayList<>();
        for (String shape : sizes.split(",", -1)) {
            List<Integer> axes =
                    Arrays.stream(shape.split("x", -1)).map(Integer::parseInt).toList();
            tensors.add(new Tensor("t" + tensors.size(), axes));
        }
        return TensorLayout.of(tensors);
    }

    private static double[] doubles(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }

    private static String encoded(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
