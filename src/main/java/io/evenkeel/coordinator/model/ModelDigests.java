package io.evenkeel.coordinator.model;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.problem.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Computes digests of the float32 values of the models that devices compute on. The digest for an open round
 * is computed when the first device gets the round as its task, so that it does not delay the closing of the
 * previous round. It is cached for all other devices. Thread-safe.
 */
@Component
public class ModelDigests {

    private static final int MAX_RUNS = 10_000;

    private final Models models;
    private final Cache<Long, Newest> newest =
            Caffeine.newBuilder().maximumSize(MAX_RUNS).build();

    ModelDigests(Models models) {
        this.models = models;
    }

    /** The digest of a run's newest model. */
    private record Newest(ModelName model, String digest) {}

    /**
     * Returns the digest of the model of an open round, 16 hex digits; empty if a later round is open. Must
     * not be called inside a transaction, because it may wait until a round is closed.
     *
     * @throws ProblemException {@code storage-damaged}, {@code insufficient-memory}
     */
    public Optional<String> of(PlanCache.Known known, ModelName open) {
        Optional<String> kept = kept(known, open);
        return kept.isPresent()
                ? kept
                : models.readNewest(
                        known.run(),
                        open.round(),
                        model -> kept(known, open).orElseGet(() -> computed(known, open, model)));
    }

    private Optional<String> kept(PlanCache.Known known, ModelName open) {
        return Optional.ofNullable(newest.getIfPresent(known.run()))
                .filter(digest -> digest.model().equals(open))
                .map(Newest::digest);
    }

    /**
     * Runs under the lock of the run's model, so that only the first of several waiting threads computes the
     * digest.
     */
    private String computed(PlanCache.Known known, ModelName open, LiveModel model) {
        String digest = digest(known, model);
        newest.put(known.run(), new Newest(open, digest));
        return digest;
    }

    private static String digest(PlanCache.Known known, LiveModel model) {
        MessageDigest sha = Digest.sha256();
        try {
            new ModelForm(ModelFormat.RAW, FloatType.FLOAT32)
                    .write(
                            model.devicesModel(),
                            known.plan().layout(),
                            new DigestOutputStream(OutputStream.nullOutputStream(), sha));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Digest.toHex(Digest.of(sha));
    }
}
