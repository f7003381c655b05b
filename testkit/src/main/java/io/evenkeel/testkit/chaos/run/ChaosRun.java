package io.evenkeel.testkit.chaos.run;

import io.evenkeel.core.secagg.OwnerKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The run of a chaos test: its definition, and the identities of its devices if it has secure aggregation. */
public final class ChaosRun {

    private final ChaosSettings settings;
    private final Path folder;
    private final OwnerKey owner = OwnerKey.generate();

    /** @param folder the folder for the devices' identities */
    public ChaosRun(ChaosSettings settings, Path folder) {
        this.settings = settings;
        this.folder = folder;
    }

    public Map<String, ?> definition() {
        Map<String, Object> definition = new HashMap<>(Map.of(
                "name",
                ChaosSettings.RUN,
                "dimension",
                settings.dimension(),
                "algorithm",
                settings.algorithm().text(),
                "compressor",
                settings.compressor(),
                "rounds",
                settings.rounds(),
                "seed",
                settings.seed()));
        if (settings.isSite()) {
            definition.put("step", "upstream");
        } else {
            definition.put("gamma", ChaosSettings.GAMMA);
            definition.put("eta", ChaosSettings.ETA);
        }
        if (settings.secure()) {
            addCohorts(definition);
        } else {
            boolean everybody = settings.everybodyAnswers();
            // A round that all members must answer closes when all have answered, not at a fixed number of messages.
            definition.put("participants", Map.of("min", everybody ? 1 : settings.quorum()));
            definition.put("time", Map.of("max", everybody ? "PT1H" : "PT1S"));
        }
        if (settings.downlink() != null) {
            definition.put("downlink", Map.of("compressor", settings.downlink()));
        }
        if (settings.robust() != null) {
            definition.put("robust", settings.robust().text());
            definition.put("weights", Map.of("max", ChaosSettings.MAX_WEIGHT));
        }
        return definition;
    }

    private void addCohorts(Map<String, Object> definition) {
        definition.put("participants", Map.of("min", settings.quorum(), "max", settings.maxMembers()));
        // The timeout for keys, within which killed devices return.
        definition.put("time", Map.of("max", "PT10S"));
        Map<String, Object> secure = new HashMap<>();
        secure.put("owners", List.of(Base64.getEncoder().encodeToString(owner.publicKey())));
        secure.put("dropout", 0.2);
        secure.put("collusion", 0);
        secure.put("phaseTime", "PT1S");
        secure.put("rebaseEvery", ChaosSettings.REBASE.every());
        secure.put("exponent", ChaosSettings.EXPONENT);
        definition.put("secureAggregation", secure);
    }

    /** Creates the identity of a device and returns its file; null without secure aggregation. */
    @Nullable
    public Path identity(int device) {
        if (!settings.secure()) {
            return null;
        }
        try {
            return Files.writeString(
                    folder.resolve("device-" + device + ".identity"),
                    owner.issue().text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
