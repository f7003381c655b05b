package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.chain.RunHistories;
import io.evenkeel.coordinator.member.RunReaders;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.platform.http.PreparedResponse;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves models, updates and replicas over HTTP. A model requested by its history never changes, so the
 * caller may cache it.
 */
@Tag(name = "Models", description = "Download models (operator and device) and upload an initial one (operator)")
@RestController
@RequestMapping("/api/v1/runs/{run}/rounds/{round}")
class ModelController {

    private static final String UPDATE = "application/vnd.evenkeel.update";
    private static final String DELTA = "application/vnd.evenkeel.delta";
    private static final String REPLICA = "application/vnd.evenkeel.replica";

    private static final String HISTORY =
            "the history of the round's model, as given in its task: 409 history-lost if this coordinator does not"
                    + " have it, because its database was restored to an earlier state. A response may be cached forever"
                    + " if its address contains the history";

    private final PlanCache plans;
    private final Downloads downloads;
    private final RunHistories histories;
    private final RunReaders readers;

    ModelController(PlanCache plans, Downloads downloads, RunHistories histories, RunReaders readers) {
        this.plans = plans;
        this.downloads = downloads;
        this.histories = histories;
        this.readers = readers;
    }

    @Operation(
            summary = "Download the model of a round",
            description =
                    "The number of rounds identifies the final model; 'latest' is the newest model, and 'best' the one"
                            + " with the best losses. With a lossy downlink it is w, on which devices compute;"
                            + " 'holder=coordinator' gives x. Evenkeel-History is the history that led to the model. Range"
                            + " and ETag are supported.",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            content = {
                                @Content(mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE),
                                @Content(mediaType = "application/x-npy"),
                                @Content(mediaType = "application/x-safetensors")
                            }))
    @GetMapping("/model")
    void downloadModel(
            @PathVariable String run,
            @Parameter(description = "a number, 'latest' or 'best'") @PathVariable String round,
            @Parameter(description = "float32 or float64") @RequestParam(defaultValue = "float32") String dtype,
            @Parameter(description = "raw, npy or safetensors; by default determined by Accept, else raw")
                    @RequestParam(required = false)
                    @Nullable
                    String format,
            @Parameter(description = "devices or coordinator; they differ in runs with a lossy downlink")
                    @RequestParam(defaultValue = "devices")
                    String holder,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            @AuthenticationPrincipal Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, HttpMediaTypeNotAcceptableException {
        PlanCache.Known known = plans.named(run);
        ModelForm form = ModelForm.of(format, accept, dtype, ModelFormat.RAW);
        boolean coordinators = isCoordinators(holder);
        ModelName name = name(known, round, history);
        if (caller instanceof Caller.Device device) {
            readers.requireModelReader(known, name.round(), device.client());
        }
        response.setHeader("Evenkeel-Round", Integer.toString(name.round()));
        Downloads.Download download =
                coordinators ? downloads.model(known, name, form) : downloads.devicesModel(known, name, form);
        boolean isNamed = history != null && round.equals(Integer.toString(name.round()));
        send(known, name, download, form.mediaType(), isNamed, request, response);
    }

    private static boolean isCoordinators(String holder) {
        return switch (holder) {
            case "devices" -> false;
            case "coordinator" -> true;
            default ->
                throw ProblemKind.MALFORMED
                        .because(
                                "parameter 'holder' is '" + holder + "', expected devices or coordinator", "correct it")
                        .with("field", "holder");
        };
    }

    @Operation(
            summary = "Download the updates since a round",
            description =
                    "Consecutive round updates; applied to x and S of 'since' they give those of the round. With a"
                            + " lossy downlink these are model deltas; applied to w of 'since' they give that of the"
                            + " round. Range and ETag are supported.")
    @GetMapping(
            path = "/update",
            produces = {UPDATE, DELTA})
    void downloadUpdate(
            @PathVariable String run,
            @PathVariable String round,
            @RequestParam int since,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        PlanCache.Known known = plans.named(run);
        readers.requireReader(known, device.client());
        ModelName name = name(known, round, history);
        send(
                known,
                name,
                downloads.updates(known, since, name),
                MediaType.parseMediaType(known.plan().downlink() == null ? UPDATE : DELTA),
                history != null,
                request,
                response);
    }

    @Operation(
            summary = "Download x and S of a round, from which round updates can start",
            description = "Range and ETag are supported.")
    @GetMapping(path = "/replica", produces = REPLICA)
    void downloadReplica(
            @PathVariable String run,
            @PathVariable String round,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        PlanCache.Known known = plans.named(run);
        readers.requireReader(known, device.client());
        ModelName name = name(known, round, history);
        send(
                known,
                name,
                downloads.replica(known, name),
                MediaType.parseMediaType(REPLICA),
                history != null,
                request,
                response);
    }

    /**
     * Returns the name of one of the run's models.
     *
     * @param history the history given by the caller; null for the run's own
     */
    private ModelName name(PlanCache.Known known, String round, @Nullable String history) {
        int number = downloads.round(known, round, history);
        ModelName own = new ModelName(number, histories.of(known.run(), number));
        ModelName asked = ModelName.of(number, history);
        if (asked.isLost(number, own.history())) {
            throw asked.lost(known.plan().name(), number, own.history());
        }
        return own;
    }

    private void send(
            PlanCache.Known known,
            ModelName name,
            Downloads.Download download,
            MediaType type,
            boolean isNamed,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        String history = name.history();
        if (history != null) {
            response.setHeader("Evenkeel-History", history);
        }
        String tag = "\"" + known.plan().name() + "-" + name.round() + "-" + (history == null ? "" : history + "-")
                + download.form() + "\"";
        CacheControl caching = isNamed ? PreparedResponse.FOR_EVER : PreparedResponse.UNTIL_CHANGED;
        PreparedResponse answer = new PreparedResponse(request, response, tag, caching);
        if (!answer.isKnown()) {
            downloads.served(known, name.round(), answer.send(download.prepare().get(), type));
        }
    }
}
