package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.model.ModelForm;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.platform.http.PreparedResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves versions' files to devices and operators over HTTP. */
@Tag(name = "Model registry")
@RestController
@RequestMapping("/api/v1/models/{model}/versions/{version}")
class ModelDeliveryController {

    private final ModelRegistry registry;
    private final StagedVersions staged;
    private final VersionDownloads downloads;
    private final SignedAddresses addresses;

    ModelDeliveryController(
            ModelRegistry registry, StagedVersions staged, VersionDownloads downloads, SignedAddresses addresses) {
        this.registry = registry;
        this.staged = staged;
        this.downloads = downloads;
        this.addresses = addresses;
    }

    @Operation(
            summary = "Download a version",
            description =
                    "By its number, whose response may be cached, or by @ and an alias, whose response has the version"
                            + " in Evenkeel-Model-Version. Range and ETag are supported. A safetensors file has its"
                            + " SHA-256 in Repr-Digest (RFC 9530), and its signed address at a CDN in Link"
                            + " (rel=duplicate), if evenkeel.cdn.url is set. A device that enrolled for one run gets only"
                            + " versions of that run. A device in an open group of a roll-out of the alias gets the new"
                            + " version, with the roll-out's id in Evenkeel-Rollout and the previous version in"
                            + " Evenkeel-Rollout-Baseline.")
    @GetMapping
    void downloadVersion(
            @PathVariable String model,
            @Parameter(description = "a number, or @ and an alias") @PathVariable String version,
            @Parameter(description = "safetensors, npy or raw; by default determined by Accept, else safetensors")
                    @RequestParam(required = false)
                    @Nullable
                    String format,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            @AuthenticationPrincipal Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, HttpMediaTypeNotAcceptableException {
        Optional<StagedVersions.Staged> rollout = staged(model, version, caller);
        ModelVersion found = registry.version(
                model, rollout.map(known -> Integer.toString(known.version())).orElse(version));
        requireAllowed(caller, found);
        rollout.ifPresent(known -> {
            response.setHeader("Evenkeel-Rollout", known.rollout());
            response.setHeader("Evenkeel-Rollout-Baseline", Integer.toString(known.baseline()));
        });
        ModelForm form = ModelForm.of(format, accept, found.file().dtype(), ModelFormat.SAFETENSORS);
        response.setHeader("Evenkeel-Model-Version", Integer.toString(found.version()));
        if (form.format() == ModelFormat.SAFETENSORS) {
            Optional<URI> address = addresses.of(found);
            address.ifPresent(known -> response.setHeader(
                    HttpHeaders.LINK, "<" + known + ">; rel=\"duplicate\"; type=\"" + form.mediaType() + "\""));
        }
        CacheControl caching = version.startsWith("@") ? PreparedResponse.UNTIL_CHANGED : PreparedResponse.FOR_EVER;
        send(found, form, caching, request, response);
    }

    @Operation(
            summary = "Download a version's safetensors file by its signed address",
            description =
                    "Needs no credentials, so that a CDN can fetch and cache it. The address comes from the header"
                            + " Link of a version's download, and is valid until 'expires'. Range and ETag are supported.")
    @GetMapping("/files/{sha256}")
    void downloadSignedVersion(
            @PathVariable String model,
            @Parameter(description = "its number") @PathVariable int version,
            @Parameter(description = "the SHA-256 of the file, in hexadecimal digits") @PathVariable String sha256,
            @Parameter(description = "in seconds since 1970") @RequestParam long expires,
            @RequestParam String signature,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        CacheControl caching = addresses.require(model, version, sha256, expires, signature);
        ModelVersion found = registry.version(model, Integer.toString(version));
        ModelForm form = new ModelForm(
                ModelFormat.SAFETENSORS, ModelForm.type(found.file().dtype()));
        send(found, form, caching, request, response);
    }

    private void send(
            ModelVersion found,
            ModelForm form,
            CacheControl caching,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (form.format() == ModelFormat.SAFETENSORS) {
            byte[] sha256 = HexFormat.of().parseHex(found.file().sha256());
            response.setHeader("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
        }
        String tag = "\"" + found.file().sha256() + "-" + form.format().text() + "\"";
        PreparedResponse answer = new PreparedResponse(request, response, tag, caching);
        if (!answer.isKnown()) {
            answer.send(downloads.body(found, form.format()), form.mediaType());
        }
    }

    private Optional<StagedVersions.Staged> staged(String model, String version, Caller caller) {
        return version.startsWith("@") && caller instanceof Caller.Device device
                ? staged.forDevice(
                        model,
                        version.substring(1),
                        device.client(),
                        number -> isAllowed(device, registry.version(model, Integer.toString(number))))
                : Optional.empty();
    }

    private static boolean isAllowed(Caller.Device device, ModelVersion version) {
        return device.run() == null || device.run().equals(version.lineage().run());
    }

    private static void requireAllowed(Caller caller, ModelVersion version) {
        if (caller instanceof Caller.Device device && !isAllowed(device, version)) {
            throw device.outsideItsRun("this version does not come from that run");
        }
    }
}
