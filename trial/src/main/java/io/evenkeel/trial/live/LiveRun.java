package io.evenkeel.trial.live;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RoundFigures;
import io.evenkeel.tools.RunDetails;
import io.evenkeel.trial.result.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A run of real devices.
 *
 * @param details its definition and its progress
 * @param rounds the records of its closed rounds, in order; at least one
 */
public record LiveRun(RunDetails details, List<RoundFigures> rounds) {

    public LiveRun {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("run '" + details.name() + "' is "
                    + details.status().state() + " and has closed no round yet: compare it once it has");
        }
    }

    /**
     * Fetches a run.
     *
     * @throws io.evenkeel.tools.OperatorException if the coordinator refuses, or has no such run
     * @throws IllegalArgumentException if the run has no closed round
     */
    public static LiveRun fetch(OperatorApi operator, String name) {
        return new LiveRun(operator.details(name), operator.allRounds(name));
    }

    String name() {
        return details.name();
    }

    String setting(String name) {
        return String.valueOf(details.definition().get(name));
    }

    /** Returns R, the number of rounds including those that are not closed yet. */
    int plannedRounds() {
        return ((Number) details.definition().getOrDefault("rounds", rounds.size())).intValue();
    }

    /** Returns whether messages have all coordinates. */
    boolean isUncompressed() {
        return "identity"
                .equals(CompressorSpec.parse(setting("compressor")).selection().toString());
    }

    TensorLayout layout() {
        if (!(details.definition().get("tensors") instanceof List<?> listed)) {
            return TensorLayout.flat(whole(details.definition().get("dimension")));
        }
        List<Tensor> tensors = new ArrayList<>();
        for (Object each : listed) {
            if (each instanceof Map<?, ?> tensor && tensor.get("shape") instanceof List<?> shape) {
                List<Integer> lengths = shape.stream().map(this::whole).toList();
                tensors.add(new Tensor(String.valueOf(tensor.get("name")), lengths));
            }
        }
        return TensorLayout.of(tensors);
    }

    private int whole(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.intValue();
        }
        throw new IllegalArgumentException("run '" + name() + "' has " + value
                + " in its definition, expected a number: check the coordinator's version");
    }

    Set<String> metrics() {
        Set<String> names = new TreeSet<>();
        rounds.forEach(round -> names.addAll(round.metrics().keySet()));
        return names;
    }

    /** Returns the run's outcome, or its progress. */
    Outcome outcome() {
        int closed = rounds.get(rounds.size() - 1).round() + 1;
        String message = details.status().message();
        return switch (details.status().state()) {
            case "finished" -> new Outcome(Outcome.Kind.FINISHED, closed, "");
            case "failed" ->
                new Outcome(
                        message.contains("diverged") ? Outcome.Kind.DIVERGED : Outcome.Kind.INTERRUPTED,
                        closed,
                        message);
            default ->
                new Outcome(
                        Outcome.Kind.INTERRUPTED,
                        closed,
                        "the run is " + details.status().state());
        };
    }
}
