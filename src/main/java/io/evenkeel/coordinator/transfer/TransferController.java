package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Exports and imports runs over HTTP. The body is streamed both ways, whatever its length. */
@Tag(name = "Runs")
@RestController
@RequestMapping(path = "/api/v1/runs", produces = MediaType.APPLICATION_JSON_VALUE)
class TransferController {

    private static final String RUN_FILE = "application/vnd.evenkeel.run";
    private static final int BUFFER = 1 << 16;

    private final PlanCache plans;
    private final Exports exports;
    private final Imports imports;

    TransferController(PlanCache plans, Exports exports, Imports imports) {
        this.plans = plans;
        this.exports = exports;
        this.imports = imports;
    }

    /**
     * What was imported.
     *
     * @param run the run's name
     */
    @Schema(name = "Imported")
    record Imported(String run) {}

    @Operation(
            summary = "Export a run",
            description = "Everything about it as it stands now, its members' hashed secrets included: keep the file"
                    + " as secret as a backup of the database. A file that was cut off has no end and is refused.")
    @GetMapping(path = "/{run}/export", produces = RUN_FILE)
    void export(@PathVariable String run, @Parameter(hidden = true) HttpServletResponse response) throws IOException {
        PlanCache.Known known = plans.named(run);
        response.setContentType(RUN_FILE);
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + run + ".evenkeel\"");
        OutputStream out = new BufferedOutputStream(response.getOutputStream(), BUFFER);
        exports.write(known, out);
        out.flush();
    }

    @Operation(
            summary = "Import a run",
            description =
                    "From an export. A run that was running is paused here; resume it once its devices come here.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = RUN_FILE,
                                            schema = @Schema(type = "string", format = "binary"))))
    @PostMapping(path = "/import", consumes = RUN_FILE)
    @BodyLimit(value = BodyLimit.NONE, reason = "a run with all its history; it is streamed")
    ResponseEntity<Imported> read(@Parameter(hidden = true) HttpServletRequest request) throws IOException {
        String run = imports.read(new BufferedInputStream(request.getInputStream(), BUFFER));
        return ResponseEntity.created(URI.create("/api/v1/runs/" + run)).body(new Imported(run));
    }
}
