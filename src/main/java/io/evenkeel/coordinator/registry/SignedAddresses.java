package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;

/**
 * Signs the addresses at which a CDN may fetch and serve the files of versions without credentials. An address contains
 * the file's SHA-256, its own expiry time, and an HMAC-SHA-256 of both. All callers within a period get the same
 * address, so that the CDN keeps one copy. Thread-safe.
 */
@Component
class SignedAddresses {

    private static final String ALGORITHM = "HmacSHA256";

    private final CdnSettings settings;
    private final TrustedTime time;

    SignedAddresses(CdnSettings settings, TrustedTime time) {
        this.settings = settings;
        this.time = time;
    }

    /** Returns the address of a version's safetensors file; empty if no CDN is configured. */
    Optional<URI> of(ModelVersion version) {
        if (settings.url() == null) {
            return Optional.empty();
        }
        String base = settings.url().toString().replaceAll("/+$", "");
        long period = settings.expiry().toSeconds();
        long expires = (time.forExpiry().getEpochSecond() / period + 2) * period;
        String path = path(version.model(), version.version(), version.file().sha256(), expires);
        return Optional.of(URI.create(base + path + "&signature=" + signature(path)));
    }

    private static String path(String model, int version, String sha256, long expires) {
        return "/api/v1/models/" + model + "/versions/" + version + "/files/" + sha256 + "?expires=" + expires;
    }

    /**
     * Checks an address, and returns how long caches may keep the response.
     *
     * @throws ProblemException {@code not-found} if no CDN is configured, {@code forbidden} if the address was not
     *     signed or has expired
     */
    CacheControl require(String model, int version, String sha256, long expires, String signature) {
        if (settings.url() == null) {
            throw ProblemKind.NOT_FOUND.because(
                    "this coordinator signs no addresses",
                    "download the version with credentials, or let the operator set evenkeel.cdn.url");
        }
        String signed = signature(path(model, version, sha256, expires));
        boolean isOurs = MessageDigest.isEqual(
                signed.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
        long left = expires - time.forExpiry().getEpochSecond();
        if (!isOurs || left <= 0) {
            throw ProblemKind.FORBIDDEN.because(
                    isOurs ? "the address has expired" : "the signature does not belong to this address",
                    "use the address in the header Link of the version's download");
        }
        return CacheControl.maxAge(Duration.ofSeconds(left)).cachePublic().immutable();
    }

    private String signature(String path) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            byte[] key = String.valueOf(settings.key()).getBytes(StandardCharsets.UTF_8);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(path.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
