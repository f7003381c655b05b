package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.problem.Problem;
import io.evenkeel.coordinator.problem.ProblemException;
import io.evenkeel.coordinator.run.Damage;
import io.evenkeel.coordinator.run.Plans;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import io.evenkeel.coordinator.storage.DurableTransactions;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** Bodies of models, updates and replicas, counted as downlink of their round. Thread-safe. */
@Component
class Downloads {

    /** Stands for the newest round. */
    static final String LATEST = "latest";

    private final RunRepository runs;
    private final Models models;
    private final Updates updates;
    private final EncodedModels encoded;
    private final Downlink downlink;
    private final Damage damage;
    private final DurableTransactions transactions;

    Downloads(
            RunRepository runs,
            Models models,
            Updates updates,
            EncodedModels encoded,
            Downlink downlink,
            Damage damage,
            DurableTransactions transactions) {
        this.runs = runs;
        this.models = models;
        this.updates = updates;
        this.encoded = encoded;
        this.downlink = downlink;
        this.damage = damage;
        this.transactions = transactions;
    }

    /**
     * Returns the number of a round whose model there is.
     *
     * @param text a number, or {@code latest}
     * @throws ProblemException {@code round-not-found}, {@code malformed}
     */
    int round(Plans.Known known, String text) {
        Run run = transactions.read(() -> runs.findById(known.run()).orElseThrow());
        boolean started = run.state() != RunState.CREATED && run.openedAt() != null;
        int round = text.equals(LATEST) ? run.round() : number(text);
        if (!started || round < 0 || round > run.round()) {
            throw Problem.ROUND_NOT_FOUND
                    .because(
                            "run '" + run.name() + "' has no model of round " + text + "; "
                                    + (started ? "the newest is " + run.round() : "it has not started"),
                            "wait for the round with GET /api/v1/runs/" + run.name() + "/task")
                    .with("round", round);
        }
        return round;
    }

    byte[] model(Plans.Known known, int round, ModelForm form) {
        return counted(
                known,
                round,
                cached(
                        known,
                        round,
                        form.tag(),
                        model -> form.encode(model.x(), known.plan().layout())));
    }

    byte[] replica(Plans.Known known, int round) {
        return counted(known, round, cached(known, round, "replica", LiveModel::toReplica));
    }

    /**
     * @throws ProblemException {@code model-not-kept} if an update is not, {@code malformed}
     */
    byte[] updates(Plans.Known known, int since, int round) {
        if (since < 0 || since > round) {
            throw Problem.MALFORMED
                    .because("parameter 'since' is " + since + ", expected 0 to " + round, "give the replica's round")
                    .with("field", "since");
        }
        return counted(
                known,
                round,
                damage.stopping(() -> transactions.read(() -> {
                    OptionalLong bytes = updates.bytes(known.run(), since, round);
                    if (bytes.isEmpty() || bytes.getAsLong() > Integer.MAX_VALUE - 16) {
                        throw Problem.MODEL_NOT_KEPT
                                .because(
                                        "the updates from round " + since + " to " + round
                                                + " are not kept, or too many",
                                        "get a fresh replica with GET …/rounds/" + round + "/replica, or the model")
                                .with("since", since);
                    }
                    ByteArrayOutputStream all = new ByteArrayOutputStream((int) bytes.getAsLong());
                    updates.forEach(known.run(), since, round, (update, accumulated) -> all.writeBytes(update));
                    return all.toByteArray();
                })));
    }

    private byte[] cached(Plans.Known known, int round, String form, Function<LiveModel, byte[]> encode) {
        EncodedModels.Key key = new EncodedModels.Key(known.run(), round, form);
        byte[] body = encoded.find(key);
        return body != null
                ? body
                : models.read(
                        known.run(),
                        round,
                        () -> Optional.ofNullable(encoded.find(key)),
                        model -> encoded.keep(key, encode.apply(model)));
    }

    private byte[] counted(Plans.Known known, int round, byte[] body) {
        downlink.served(known.run(), round, body.length);
        return body;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw Problem.MALFORMED
                    .because("the round is '" + text + "', expected a number or 'latest'", "correct the path")
                    .with("field", "round");
        }
    }
}
