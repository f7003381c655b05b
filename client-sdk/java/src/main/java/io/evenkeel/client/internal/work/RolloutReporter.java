package io.evenkeel.client.internal.work;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.StateStore;
import io.evenkeel.client.VersionEvaluator;
import io.evenkeel.client.VersionMetrics;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DownloadedVersion;
import io.evenkeel.client.internal.state.PendingReport;
import io.evenkeel.client.internal.state.StoredVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reports on roll-outs: whether the device could install the version, and how it compares with the one in
 * use. A report is stored before it is sent, and sent again until the coordinator has it. Used by one thread
 * at a time.
 */
public final class RolloutReporter {

    private static final int MAX_REASON_LENGTH = 500;

    private final String model;
    private final String alias;
    private final @Nullable VersionEvaluator evaluator;
    private final Coordinator coordinator;
    private final StateStore store;

    public RolloutReporter(
            String model,
            String alias,
            @Nullable VersionEvaluator evaluator,
            Coordinator coordinator,
            StateStore store) {
        this.model = model;
        this.alias = alias;
        this.evaluator = evaluator;
        this.coordinator = coordinator;
        this.store = store;
    }

    /**
     * Evaluates the new version and the one in use, and stores the report that the new one is installed.
     *
     * @throws EvenkeelException if a metric of the new version is not finite, so that the version does not work
     */
    public void prepare(DownloadedVersion found, StoredVersion fresh, @Nullable StoredVersion before) throws Exception {
        Map<String, Object> body = body(fresh.number(), "installed");
        if (evaluator != null) {
            VersionMetrics after = evaluator.evaluate(fresh);
            VersionMetrics known =
                    before != null && before.number() == found.baseline() ? evaluator.evaluate(before) : null;
            if (known != null) {
                body.put("baseline", found.baseline());
            }
            body.put("samples", known == null ? after.samples() : Math.min(after.samples(), known.samples()));
            body.put("metrics", metrics(after, known == null ? Map.of() : known.metrics()));
        }
        new PendingReport(found.rollout(), body).write(store, model, alias);
    }

    /**
     * A metric without a finite value for both versions, or without samples, says nothing about the new version: it is
     * left out.
     */
    private static Map<String, Object> metrics(VersionMetrics after, Map<String, Double> before) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        after.metrics().forEach((name, value) -> {
            Double known = before.get(name);
            boolean isKnown = known != null && Double.isFinite(known);
            if (Double.isFinite(value)) {
                Map<String, Object> pair = new LinkedHashMap<>();
                if (isKnown) {
                    pair.put("before", known);
                }
                pair.put("after", value);
                metrics.put(name, pair);
            } else if (after.samples() > 0 && (known == null || isKnown)) {
                throw new EvenkeelException("metric " + name + " is " + value);
            }
        });
        return metrics;
    }

    /** Stores the report that a version does not work on this device; returns the reason. */
    public String fail(DownloadedVersion found, Throwable failure) {
        String reason = reason(failure);
        Map<String, Object> body = body(found.number(), "failed");
        body.put("reason", reason);
        new PendingReport(found.rollout(), body).write(store, model, alias);
        return reason;
    }

    private static Map<String, Object> body(int version, String outcome) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("version", version);
        body.put("outcome", outcome);
        return body;
    }

    private static String reason(Throwable failure) {
        String text = failure instanceof EvenkeelException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        // The coordinator rejects control, format and line-separating characters.
        String clean = text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", " ").trim();
        return clean.length() <= MAX_REASON_LENGTH ? clean : clean.substring(0, MAX_REASON_LENGTH);
    }

    /**
     * Sends the stored report, if there is one. A report that the coordinator refuses permanently, since its roll-out
     * is over, is dropped.
     *
     * @throws EvenkeelException if the coordinator cannot be reached; the report is sent again later
     */
    public void send(@Nullable StoredVersion stored) throws InterruptedException {
        PendingReport pending = PendingReport.read(store, model, alias);
        if (pending == null) {
            return;
        }
        if (!pending.isPremature(stored)) {
            try {
                coordinator.report(pending.rollout(), pending.body());
            } catch (CoordinatorException e) {
                if (!isFinal(e.problem().type())) {
                    throw e;
                }
            }
        }
        PendingReport.delete(store, model, alias);
    }

    private static boolean isFinal(ProblemType type) {
        return switch (type) {
            case ROLLOUT_NOT_FOUND, ROLLOUT_STATE, FORBIDDEN, INVALID, MALFORMED, NOT_FOUND -> true;
            default -> false;
        };
    }
}
