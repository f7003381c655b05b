package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.platform.http.PreparedBodies;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Prepares the bodies of models, updates and replicas once each, and counts each download as downlink of its
 * round. Thread-safe.
 */
@Component
public class Downloads {

    /** The text that requests the newest round. */
    public static final String LATEST = "latest";

    /** The text that requests the round whose model has the best losses. */
    public static final String BEST = "best";

    private final RunRepository runs;
    private final LossTrends trends;
    private final Models models;
    private final Updates updates;
    private final PreparedBodies prepared;
    private final Downlink downlink;
    private final CorruptionHandler damage;
    private final RunMemory memory;
    private final DurableTransactions transactions;

    Downloads(
            RunRepository runs,
            LossTrends trends,
            Models models,
            Updates updates,
            PreparedBodies prepared,
            Downlink downlink,
            CorruptionHandler damage,
            RunMemory memory,
            DurableTransactions transactions) {
        this.runs = runs;
        this.trends = trends;
        this.models = models;
        this.updates = updates;
        this.prepared = prepared;
        this.downlink = downlink;
        this.damage = damage;
        this.memory = memory;
        this.transactions = transactions;
    }

    /**
     * Parses the number of a round that has a model.
     *
     * @param text a number, {@code latest} or {@code best}
     * @throws ProblemException {@code round-not-found}, {@code malformed}
     */
    public int round(PlanCache.Known known, String text) {
        return round(known, text, null);
    }

    /**
     * Parses the number of a round as {@link #round(PlanCache.Known, String)} does.
     *
     * @param history the history of the round's model, null if the caller does not know it; if present, the
     *     round must have been open once
     * @throws ProblemException also {@code history-lost}
     */
    int round(PlanCache.Known known, String text, @Nullable String history) {
        Run run = transactions.read(() -> runs.get(known.run()));
        boolean started = run.state() != RunState.CREATED && run.current().openedAt() != null;
        int round = text.equals(LATEST) ? run.round() : text.equals(BEST) ? best(run) : number(text);
        if (history != null && round > run.openRound()) {
            throw ModelName.of(round, history).lost(run.name(), run.openRound(), null);
        }
        if (!started || round < 0 || round > run.round()) {
            throw ProblemKind.ROUND_NOT_FOUND
                    .because(
                            "run '" + run.name() + "' has no model of round " + text + "; "
                                    + (started ? "the newest is " + run.round() : "it has not started"),
                            "wait for the round with GET /api/v1/runs/" + run.name() + "/task")
                    .with("round", round);
        }
        return round;
    }

    /**
     * A body that can be downloaded.
     *
     * @param form distinguishes the body from other bodies of the round
     * @param prepare returns the body, creating it if necessary
     */
    public record Download(String form, Supplier<PreparedBodies.Body> prepare) {}

    /** Returns the coordinator's model x in a given form; preparing it throws {@code model-not-kept}. */
    public Download model(PlanCache.Known known, ModelName name, ModelForm form) {
        return of(
                known,
                name,
                form.tag(),
                (model, out) -> form.write(model.x(), known.plan().layout(), out));
    }

    /** Returns the model that devices compute on: w with a lossy downlink, otherwise x. */
    Download devicesModel(PlanCache.Known known, ModelName name, ModelForm form) {
        if (known.plan().downlink() == null) {
            return model(known, name, form);
        }
        return of(
                known,
                name,
                "devices-" + form.tag(),
                (model, out) -> form.write(model.devicesModel(), known.plan().layout(), out));
    }

    /**
     * Writes the float32 values of the model that devices compute on in a round.
     *
     * @throws ProblemException {@code model-not-kept}, {@code storage-damaged}, {@code insufficient-memory}
     */
    public void writeDevicesModel(PlanCache.Known known, int round, OutputStream out) throws IOException {
        try {
            models.read(known.run(), round, model -> {
                try {
                    new ModelForm(ModelFormat.RAW, FloatType.FLOAT32)
                            .write(model.devicesModel(), known.plan().layout(), out);
                    return round;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    Download replica(PlanCache.Known known, ModelName name) {
        return of(known, name, "replica", (model, out) -> {
            try (InputStream in = model.toReplica().encoding().toStream()) {
                in.transferTo(out);
            }
        });
    }

    /** Writes a state in a given form. */
    @FunctionalInterface
    private interface StateWriter {
        void write(LiveModel model, OutputStream out) throws IOException;
    }

    private Download of(PlanCache.Known known, ModelName name, String form, StateWriter writer) {
        return download(
                known,
                name,
                form,
                out -> models.read(known.run(), name.round(), model -> {
                    try {
                        writer.write(model, out);
                        return model.round();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
    }

    private Download download(PlanCache.Known known, ModelName name, String form, PreparedBodies.Writer writer) {
        String of = "run " + known.run() + " " + name.history();
        return new Download(form, () -> prepared.get(new PreparedBodies.Key(of, name.round(), form), writer));
    }

    /**
     * @throws ProblemException {@code malformed}; preparing it throws {@code model-not-kept} if an update is not stored
     */
    Download updates(PlanCache.Known known, int since, ModelName name) {
        int round = name.round();
        if (since < 0 || since > round) {
            throw ProblemKind.MALFORMED
                    .because("parameter 'since' is " + since + ", expected 0 to " + round, "give the replica's round")
                    .with("field", "since");
        }
        return download(
                known,
                name,
                "since-" + since,
                out -> memory.working(
                        known.run(),
                        known.plan(),
                        () -> damage.stopping(() -> transactions.read(() -> write(known, since, round, out)))));
    }

    private int write(PlanCache.Known known, int since, int round, OutputStream out) {
        requireKept(known, since, round);
        updates.forEach(known.run(), since, round, stored -> stored.writeForDevices(out));
        return round;
    }

    private void requireKept(PlanCache.Known known, int since, int round) {
        if (!known.plan().hasUpdates()) {
            throw ProblemKind.MODEL_NOT_KEPT
                    .because(
                            "the step rule " + known.plan().algorithm().step().name()
                                    + " needs more than one pass over x and S, so devices cannot repeat it",
                            "get the model with GET …/rounds/" + round + "/model")
                    .with("since", since);
        }
        OptionalLong bytes = updates.bytes(known.run(), since, round);
        if (bytes.isEmpty() || bytes.getAsLong() > Integer.MAX_VALUE - 16) {
            throw ProblemKind.MODEL_NOT_KEPT
                    .because(
                            "the updates from round " + since + " to " + round + " are not stored, or are too many",
                            "get a fresh replica with GET …/rounds/" + round + "/replica, or the model")
                    .with("since", since);
        }
    }

    /** Counts the bytes of a body that were sent. */
    void served(PlanCache.Known known, int round, long bytes) {
        downlink.served(known.run(), round, bytes);
    }

    private int best(Run run) {
        int round = transactions.read(() -> trends.of(run.id())).bestRound();
        if (round < 0) {
            throw ProblemKind.ROUND_NOT_FOUND.because(
                    "run '" + run.name() + "' has no best round: no losses are known since it started, was resumed"
                            + " after divergence, or changed its members",
                    "name a round, or use 'latest'");
        }
        return round;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw ProblemKind.MALFORMED
                    .because("the round is '" + text + "', expected a number, 'latest' or 'best'", "correct the path")
                    .with("field", "round");
        }
    }
}
