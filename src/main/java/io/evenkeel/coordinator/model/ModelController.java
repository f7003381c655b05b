package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.run.Plans;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Models, updates and replicas over HTTP. They never change, so every cache on the way may keep them. */
@Tag(name = "Models", description = "Download models (operator and device) and upload an initial one (operator)")
@RestController
@RequestMapping("/api/v1/runs/{run}/rounds/{round}")
class ModelController {

    private static final MediaType UPDATE = MediaType.parseMediaType("application/vnd.evenkeel.update");
    private static final MediaType REPLICA = MediaType.parseMediaType("application/vnd.evenkeel.replica");
    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final Plans plans;
    private final Downloads downloads;

    ModelController(Plans plans, Downloads downloads) {
        this.plans = plans;
        this.downloads = downloads;
    }

    @Operation(
            summary = "Download the model x^k that devices compute on in a round",
            description = "The last round's number is that of the final model; 'latest' is the newest.")
    @GetMapping("/model")
    ResponseEntity<byte[]> model(
            @PathVariable String run,
            @Parameter(description = "a number, or 'latest'") @PathVariable String round,
            @Parameter(description = "float32 or float64") @RequestParam(defaultValue = "float32") String dtype,
            @Parameter(description = "raw, npy or safetensors; by default as Accept says, else raw")
                    @RequestParam(required = false)
                    @Nullable
                    String format,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String ifNoneMatch)
            throws HttpMediaTypeNotAcceptableException {
        Plans.Known known = plans.named(run);
        ModelForm form = ModelForm.of(format, accept, dtype);
        int number = downloads.round(known, round);
        String tag = "\"" + run + "-" + number + "-" + form.tag() + "\"";
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok()
                .eTag(tag)
                .header("Evenkeel-Round", Integer.toString(number))
                .varyBy(HttpHeaders.ACCEPT)
                .cacheControl(round.equals(Downloads.LATEST) ? CacheControl.noCache() : FOR_EVER);
        if (ifNoneMatch != null && ifNoneMatch.contains(tag)) {
            return ResponseEntity.status(304).eTag(tag).build();
        }
        return answer.contentType(form.mediaType()).body(downloads.model(known, number, form));
    }

    @Operation(
            summary = "Download what the rounds since one have changed",
            description =
                    "Round updates one behind the other; applied to x and S of 'since' they give those of the round.")
    @GetMapping("/update")
    ResponseEntity<byte[]> update(@PathVariable String run, @PathVariable String round, @RequestParam int since) {
        Plans.Known known = plans.named(run);
        int number = downloads.round(known, round);
        return ResponseEntity.ok()
                .contentType(UPDATE)
                .eTag("\"" + run + "-" + since + "-" + number + "\"")
                .cacheControl(FOR_EVER)
                .body(downloads.updates(known, since, number));
    }

    @Operation(summary = "Download x and S of a round, to keep up to date by updates from then on")
    @GetMapping("/replica")
    ResponseEntity<byte[]> replica(@PathVariable String run, @PathVariable String round) {
        Plans.Known known = plans.named(run);
        int number = downloads.round(known, round);
        return ResponseEntity.ok()
                .contentType(REPLICA)
                .eTag("\"" + run + "-" + number + "-replica\"")
                .cacheControl(FOR_EVER)
                .body(downloads.replica(known, number));
    }
}
