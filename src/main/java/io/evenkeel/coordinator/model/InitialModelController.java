package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.http.BodyLimits;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accepts uploads of a run's initial model. */
@Tag(name = "Models")
@RestController
class InitialModelController {

    /** The maximum size of a file without its values, in bytes; enough for the names of tensors. */
    private static final long HEADER_ALLOWANCE = 1 << 20;

    private final PlanCache plans;
    private final RunRepository runs;
    private final Models models;
    private final RunMemory memory;
    private final DurableTransactions transactions;

    InitialModelController(
            PlanCache plans, RunRepository runs, Models models, RunMemory memory, DurableTransactions transactions) {
        this.plans = plans;
        this.runs = runs;
        this.models = models;
        this.memory = memory;
        this.transactions = transactions;
    }

    @Operation(
            summary = "Upload the initial model",
            description = "For runs with initialModel 'uploaded', before the start; another upload replaces it.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = "application/octet-stream",
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = "application/x-npy",
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = "application/x-safetensors",
                                        schema = @Schema(type = "string", format = "binary"))
                            }))
    @PutMapping(
            path = "/api/v1/runs/{run}/model",
            consumes = {MediaType.APPLICATION_OCTET_STREAM_VALUE, "application/x-npy", "application/x-safetensors"})
    @BodyLimit(
            value = BodyLimit.BY_PLAN,
            reason = "8 bytes for each of the model's values and a megabyte for the file's header")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void uploadInitialModel(
            @PathVariable String run,
            @Parameter(description = "for raw numbers: float32 or float64; by default determined by the length")
                    @RequestParam(required = false)
                    @Nullable
                    String dtype,
            HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        ModelFormat format = format(request.getContentType());
        PlanCache.Known known = plans.named(run);
        ValidatedPlan plan = known.plan();
        transactions.read(() -> requireUploadable(runs.get(known.run()), plan));
        BodyLimits.apply(
                request,
                format.size(plan.layout(), FloatType.FLOAT64) + HEADER_ALLOWANCE,
                "upload a model with this run's tensors, which GET shows");
        FloatType type = dtype == null ? null : ModelForm.type(dtype);
        try {
            // The run has not started, so its memory is reserved only during the upload.
            boolean ignored = memory.working(known.run(), plan, () -> {
                double[] x = read(format, request, plan, type);
                Checkpoints.Written written = models.writeInitial(plan, x);
                transactions.write(() -> {
                    // Checks again, because the upload may have taken a long time.
                    requireUploadable(runs.locked(known.run()), plan);
                    models.saveInitial(known.run(), written);
                });
                return true;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static double[] read(
            ModelFormat format, HttpServletRequest request, ValidatedPlan plan, @Nullable FloatType type) {
        try {
            return format.read(request.getInputStream(), request.getContentLengthLong(), plan.layout(), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Run requireUploadable(Run run, ValidatedPlan plan) {
        if (run.state() != RunState.CREATED) {
            throw run.wrongState("run '" + run.name() + "' has been started: its initial model is fixed");
        }
        if (!plan.needsUpload()) {
            throw run.wrongState("run '" + run.name()
                    + "' starts from zeros: create one with \"initialModel\": \"uploaded\" to start from a model");
        }
        return run;
    }

    private static ModelFormat format(@Nullable String contentType) throws HttpMediaTypeNotSupportedException {
        MediaType type = null;
        try {
            type = contentType == null ? null : MediaType.parseMediaType(contentType);
        } catch (InvalidMediaTypeException e) {
            // An unparseable type is treated as absent.
        }
        if (type != null) {
            var format = ModelFormat.ofMediaType(type.getType() + "/" + type.getSubtype());
            if (format.isPresent()) {
                return format.get();
            }
        }
        throw new HttpMediaTypeNotSupportedException(type, ModelForm.MEDIA_TYPES);
    }
}
