package io.evenkeel.client.internal.training;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.RunPlan;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The largest model that a device accepts. */
public final class ModelRoom {

    /** The bytes of a value in the model and in the gradient, which are float32. */
    private static final int WORKING_BYTES = 8;

    private ModelRoom() {}

    /**
     * Checks a run's model before any of it is downloaded.
     *
     * @param maxDimension the largest number of values, or null for the number that fits into the heap
     * @throws EvenkeelException if the model has more values
     */
    public static void require(RunPlan plan, @Nullable Integer maxDimension) {
        require(plan, maxDimension, Runtime.getRuntime().maxMemory());
    }

    static void require(RunPlan plan, @Nullable Integer maxDimension, long heap) {
        int bytes = bytesPerValue(plan.feedback());
        long most = maxDimension == null ? heap / bytes : maxDimension;
        if (plan.dimension() > most) {
            throw new EvenkeelException(String.format(
                    Locale.ROOT,
                    "run '%s' has a model of %,d values, but this device accepts at most %,d (%s): nothing was downloaded; take part in"
                            + " another run, or give the JVM more heap (-Xmx) or the client maxDimension(...)",
                    plan.run(),
                    plan.dimension(),
                    most,
                    maxDimension == null
                            ? String.format(
                                    Locale.ROOT,
                                    "the number that fits into %,d bytes of heap, %d bytes each",
                                    heap,
                                    bytes)
                            : "maxDimension"));
        }
    }

    private static int bytesPerValue(String feedback) {
        int vectors = Arrays.stream(FeedbackMethod.values())
                .filter(method -> method.text().equals(feedback))
                .mapToInt(ModelRoom::vectors)
                .findFirst()
                .orElse(0);
        return WORKING_BYTES + Double.BYTES * vectors;
    }

    private static int vectors(FeedbackMethod method) {
        return switch (method) {
            case NONE -> 0;
            case EF21, EF14, EF14_DECAY -> 1;
            case EF21_MOMENTUM -> 2;
            case EF21_IGT, EF21_STORM -> 3;
        };
    }
}
