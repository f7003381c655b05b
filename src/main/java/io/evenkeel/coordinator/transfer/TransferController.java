package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.registry.RegistryTables;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.problem.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Exports and imports over HTTP. Bodies of any length are streamed in both directions. */
@Tag(
        name = "Export and import",
        description = "Transfer runs, models or everything in a file to another coordinator (operator)")
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
class TransferController {

    private static final String EXPORT_FILE = "application/vnd.evenkeel.export";
    private static final int BUFFER = 1 << 16;
    private static final String SECRET =
            " It contains hashed secrets of devices: protect the file like a backup of the database."
                    + " A truncated file has no end and is refused.";

    private final PlanCache plans;
    private final RegistryTables registry;
    private final Exports exports;
    private final Imports imports;

    TransferController(PlanCache plans, RegistryTables registry, Exports exports, Imports imports) {
        this.plans = plans;
        this.registry = registry;
        this.exports = exports;
        this.imports = imports;
    }

    /**
     * The counts of an import.
     *
     * @param runs names of runs
     * @param models names of registered models
     * @param rollouts ids of roll-outs
     * @param experiments names of experiments whose arms were imported
     * @param evaluations names of evaluations
     * @param paused the runs and roll-outs that were running at the exporting coordinator, such as {@code run 'digits'}
     * @param leftOut the damaged data that the export left out, each a sentence; empty if it is complete
     */
    @Schema(name = "Imported")
    record Imported(
            List<String> runs,
            List<String> models,
            List<String> rollouts,
            List<String> experiments,
            List<String> evaluations,
            List<String> paused,
            List<String> leftOut) {}

    @Operation(
            summary = "Export a run",
            description = "Its complete current state, with its arm of an experiment and the evaluations of its"
                    + " rounds' models." + SECRET)
    @GetMapping(path = "/runs/{run}/export", produces = EXPORT_FILE)
    void exportRun(@PathVariable String run, HttpServletResponse response) throws IOException {
        PlanCache.Known known = plans.named(run);
        send(response, run, out -> exports.run(known, out));
    }

    @Operation(
            summary = "Export a registered model",
            description = "Its versions with their files, the history of its aliases, its roll-outs with their devices,"
                    + " and the evaluations of its versions, in their current state." + SECRET)
    @GetMapping(path = "/models/{model}/export", produces = EXPORT_FILE)
    void exportModel(@PathVariable String model, HttpServletResponse response) throws IOException {
        registry.require(model);
        send(response, model, out -> exports.model(model, out));
    }

    @Operation(
            summary = "Export everything",
            description = "All devices, runs, models, roll-outs, experiments and evaluations at one instant, without"
                    + " the operators' tokens, the audit log and the webhooks. A run whose stored data is damaged is left"
                    + " out and stopped, and a damaged model is left out with its roll-outs; the file states this before"
                    + " its end." + SECRET)
    @GetMapping(path = "/export", produces = EXPORT_FILE)
    void exportAll(HttpServletResponse response) throws IOException {
        send(response, "coordinator", exports::all);
    }

    private static void send(HttpServletResponse response, String name, Consumer<OutputStream> content)
            throws IOException {
        response.setContentType(EXPORT_FILE);
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + ".evenkeel\"");
        OutputStream out = new BufferedOutputStream(response.getOutputStream(), BUFFER);
        content.accept(out);
        out.flush();
    }

    @Operation(
            summary = "Import an exported file",
            description =
                    "Imports all of it or nothing. Runs and roll-outs that were running are paused here; resume them"
                            + " once their devices use this coordinator and they have ended at the other one.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = EXPORT_FILE,
                                            schema = @Schema(type = "string", format = "binary"))))
    @PostMapping(path = "/import", consumes = EXPORT_FILE)
    @ResponseStatus(HttpStatus.CREATED)
    @BodyLimit(value = BodyLimit.NONE, reason = "runs with all their history; it is streamed")
    Imported importFile(HttpServletRequest request, @AuthenticationPrincipal Caller.Operator operator)
            throws IOException {
        InputStream body = new BufferedInputStream(request.getInputStream(), BUFFER);
        ImportResult result = read(body, operator);
        return new Imported(
                result.runs,
                result.models,
                result.rollouts,
                result.experiments,
                result.evaluations,
                result.paused,
                result.leftOut);
    }

    private ImportResult read(InputStream body, Caller.Operator operator) throws IOException {
        try {
            return imports.read(body, operator.name());
        } catch (ProblemException e) {
            // Otherwise a client that is still sending would see a broken connection instead of the refusal.
            body.transferTo(OutputStream.nullOutputStream());
            throw e;
        }
    }
}
