package io.evenkeel.coordinator.relay;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.coordinator.registry.MirroredVersions;
import io.evenkeel.coordinator.relay.UpstreamRequests.Offer;
import io.evenkeel.coordinator.rollout.SiteRollouts;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ReasonText;
import io.evenkeel.engine.relay.SiteAlias;
import io.evenkeel.engine.relay.SiteAlias.Step;
import io.evenkeel.engine.rollout.DeviceCounts;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.SiteReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Mirrors an alias of a registered model of the upstream coordinator. A version that an upstream roll-out gives this
 * relay is rolled out to the site's devices, and their combined reports are passed on.
 *
 * <p>Determines each step from the database and the upstream coordinator, so a step can be repeated after a crash. Used
 * by one thread.
 */
@Component
class ModelMirror {

    private static final SiteReport NO_DEVICES = new SiteReport(DeviceCounts.NONE, new TreeMap<>());

    private final MirroredVersions versions;
    private final SiteRollouts rollouts;

    /** The reports that the upstream coordinator already has, by alias and roll-out. They are not sent again. */
    private final Map<String, Map<String, Object>> reported = new HashMap<>();

    ModelMirror(MirroredVersions versions, SiteRollouts rollouts) {
        this.versions = versions;
        this.rollouts = rollouts;
    }

    /**
     * An alias of a model.
     *
     * @param model the model
     * @param name the alias
     */
    record Alias(String model, String name) {

        static Alias parse(String text) {
            String[] parts = text.split("@", 2);
            return new Alias(parts[0], parts[1]);
        }
    }

    /**
     * Returns the local state of an alias.
     *
     * @param problem why the alias does not currently follow the upstream alias
     */
    RelayTree.Mirrored state(Alias alias, @Nullable String problem) {
        OptionalInt named = versions.named(alias.model(), alias.name());
        Optional<SiteAlias.Following> here = following(alias);
        return new RelayTree.Mirrored(
                alias.model(),
                alias.name(),
                named.isPresent() ? (Integer) named.getAsInt() : null,
                here.map(SiteAlias.Following::id).orElse(null),
                here.map(SiteAlias.Following::upstream).orElse(null),
                problem);
    }

    /**
     * Performs the steps that are due.
     *
     * @param downloads the folder for files that are downloaded in parts
     */
    void follow(Alias alias, UpstreamRequests above, Path downloads) throws IOException, InterruptedException {
        Offer offer = above.version(alias.model(), "@" + alias.name(), known(alias));
        String rollout = offer.rollout();
        if (rollout == null) {
            register(alias.model(), offer, above, downloads);
            for (Step step : here(alias).settle(offer.number())) {
                perform(alias, step, above, downloads);
            }
            return;
        }
        Map<String, Object> report;
        try {
            register(alias.model(), offer, above, downloads);
            report = rollOut(alias, offer, rollout, above, downloads);
        } catch (ProblemException e) {
            report = failure(offer, e.detail(), NO_DEVICES);
        }
        send(alias, rollout, report, above);
    }

    private Set<String> known(Alias alias) {
        Set<String> known = new LinkedHashSet<>();
        versions.named(alias.model(), alias.name())
                .ifPresent(number ->
                        versions.find(alias.model(), number).ifPresent(version -> known.add(version.sha256())));
        versions.newest(alias.model()).forEach(version -> known.add(version.sha256()));
        return known;
    }

    /**
     * Registers an upstream version here if it is not registered yet.
     *
     * @throws ProblemException if the version cannot be registered here
     */
    void register(String model, int number, UpstreamRequests above, Path downloads)
            throws IOException, InterruptedException {
        if (versions.find(model, number).isEmpty()) {
            Set<String> known = new LinkedHashSet<>();
            versions.newest(model).forEach(version -> known.add(version.sha256()));
            register(model, above.version(model, String.valueOf(number), known), above, downloads);
        }
    }

    private void register(String model, Offer offer, UpstreamRequests above, Path downloads)
            throws IOException, InterruptedException {
        if (versions.copy(model, offer.number(), offer.sha256())) {
            return;
        }
        Files.createDirectories(downloads);
        Path file = downloads.resolve(offer.sha256());
        above.download(model, offer, file);
        try {
            versions.add(model, offer.number(), offer.sha256(), file);
        } finally {
            // A damaged file is deleted too, so that it is downloaded again.
            Files.deleteIfExists(file);
        }
    }

    /** Returns the alias here. */
    private SiteAlias here(Alias alias) {
        return new SiteAlias(
                versions.named(alias.model(), alias.name()), following(alias).orElse(null));
    }

    /** Returns the active roll-out here that follows an upstream one. */
    private Optional<SiteAlias.Following> following(Alias alias) {
        return rollouts.active(alias.model(), alias.name()).filter(here -> here.upstream() != null);
    }

    private Map<String, Object> rollOut(
            Alias alias, Offer offer, String rollout, UpstreamRequests above, Path downloads)
            throws IOException, InterruptedException {
        SiteAlias.Following here =
                rollouts.find(alias.model(), alias.name(), rollout).orElse(null);
        boolean isOver = here != null && here.isOver();
        JsonNode terms = isOver ? MissingNode.getInstance() : above.terms(rollout);
        boolean isRunning = terms.path("state").asString("").equals("running");
        for (Step step : here(alias).follow(rollout, offer.baseline(), isRunning, here)) {
            if (step instanceof SiteAlias.Create) {
                here = rollouts.create(alias.model(), alias.name(), offer.number(), metrics(terms), rollout);
            } else {
                perform(alias, step, above, downloads);
            }
        }
        SiteReport devices = here == null ? NO_DEVICES : rollouts.report(here.id());
        return here != null && isOver
                ? failure(offer, "stopped at the site: " + here.message(), devices)
                : report(offer, devices);
    }

    private void perform(Alias alias, Step step, UpstreamRequests above, Path downloads)
            throws IOException, InterruptedException {
        if (step instanceof SiteAlias.PointTo to) {
            register(alias.model(), to.version(), above, downloads);
            versions.move(alias.model(), alias.name(), to.version());
        } else if (step instanceof SiteAlias.Pause pause) {
            rollouts.pause(pause.rollout());
        } else if (step instanceof SiteAlias.Resume resume) {
            rollouts.resume(resume.rollout());
        } else if (step instanceof SiteAlias.Stop stop) {
            rollouts.stop(stop.rollout(), stop.why());
        } else if (step instanceof SiteAlias.Finish finish) {
            rollouts.finish(finish.rollout());
        }
    }

    private static List<RolloutDefinition.Metric> metrics(JsonNode terms) {
        List<RolloutDefinition.Metric> metrics = new ArrayList<>();
        for (JsonNode metric : terms.path("metrics")) {
            metrics.add(new RolloutDefinition.Metric(
                    metric.path("name").asString(),
                    metric.path("better").asString("").equals("lower")
                            ? RolloutDefinition.Better.LOWER
                            : RolloutDefinition.Better.HIGHER,
                    metric.path("margin").asDouble(0),
                    metric.path("confidence").asDouble(0),
                    metric.path("minSamples").asLong(1)));
        }
        return metrics;
    }

    private static Map<String, Object> failure(Offer offer, String why, SiteReport devices) {
        Map<String, Object> report = report(offer, devices);
        report.put("outcome", "failed");
        report.put("reason", ReasonText.of(why));
        return report;
    }

    private static Map<String, Object> report(Offer offer, SiteReport devices) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("version", offer.number());
        report.put("outcome", "installed");
        report.put("baseline", offer.baseline());
        report.put(
                "site",
                Map.of(
                        "asked", devices.devices().asked(),
                        "installed", devices.devices().installed(),
                        "failed", devices.devices().failed(),
                        "metrics", devices.differences()));
        return report;
    }

    private void send(Alias alias, String rollout, Map<String, Object> report, UpstreamRequests above)
            throws IOException, InterruptedException {
        String key = alias + " " + rollout;
        if (report.equals(reported.get(key))) {
            return;
        }
        try {
            above.report(rollout, report);
        } catch (CoordinatorException e) {
            if (e.problem().type() != ProblemType.ROLLOUT_STATE) {
                throw e;
            }
            // The roll-out is over. The next response for the alias contains its outcome.
            return;
        }
        reported.keySet().removeIf(other -> other.startsWith(alias + " "));
        reported.put(key, report);
    }
}
