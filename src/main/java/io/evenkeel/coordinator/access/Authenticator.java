package io.evenkeel.coordinator.access;

import io.evenkeel.engine.permission.Permissions;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Authenticates bearer tokens and certificates. Thread-safe. */
@Component
public class Authenticator {

    private final OperatorToken operatorToken;
    private final @Nullable String viewerHash;
    private final boolean certificates;
    private final AccessTokens accessTokens;
    private final IdentityProvider identityProvider;
    private final DeviceCache devices;

    Authenticator(
            OperatorToken operatorToken,
            SecuritySettings settings,
            AccessTokens accessTokens,
            IdentityProvider identityProvider,
            DeviceCache devices) {
        this.operatorToken = operatorToken;
        this.viewerHash = settings.viewerToken() == null ? null : Credential.hash(settings.viewerToken());
        this.certificates = settings.deviceCertificates() != SecuritySettings.DeviceCertificates.OFF;
        this.accessTokens = accessTokens;
        this.identityProvider = identityProvider;
        this.devices = devices;
    }

    /**
     * Returns the caller that a token identifies.
     *
     * @param certificate the name in the client certificate, null for none
     * @param beforeLookUp called before the database is queried for a token that is not cached; may refuse it
     * @throws ProblemException if the token is unknown ({@code unauthenticated}), or its client was revoked
     */
    public Caller authenticate(String token, @Nullable String certificate, Runnable beforeLookUp) {
        if (token.startsWith(Credential.DEVICE_PREFIX)) {
            return device(token, certificate, beforeLookUp);
        }
        if (token.startsWith(Credential.ENROLMENT_PREFIX)) {
            throw ProblemKind.UNAUTHENTICATED.because(
                    "the Authorization header contains an enrolment token",
                    "POST it to /api/v1/enrolments as {\"token\": …} and use the secret in the response here");
        }
        if (operatorToken.is(token)) {
            return new Caller.Operator(OperatorToken.NAME, Permissions.OPERATOR);
        }
        if (viewerHash != null && Credential.matches(token, viewerHash)) {
            return new Caller.Viewer("viewer-token", Permissions.VIEWER);
        }
        beforeLookUp.run();
        if (identityProvider.knows(token)) {
            return identityProvider.caller(token);
        }
        return accessTokens
                .find(token)
                .orElseThrow(() -> ProblemKind.UNAUTHENTICATED.because(
                        "the bearer token is not known here, was revoked or has expired",
                        "send an operator's or viewer's token, or the secret that a device got when it enrolled"));
    }

    /**
     * Returns the device that enrolled with this certificate, which TLS has verified; empty if no device did.
     */
    public Optional<Caller> certified(String certificate) {
        return devices.clientWith(certificate)
                .flatMap(client -> devices.find(client).map(entry -> admitted(client, entry)));
    }

    private Caller device(String token, @Nullable String certificate, Runnable beforeLookUp) {
        String client = Credential.clientOf(token)
                .orElseThrow(() -> wrongSecret("the bearer token looks like a device's, but is truncated or damaged"));
        // The message is the same for an unknown client and a wrong secret, so that it does not reveal which clients
        // exist.
        DeviceRegistry.Entry entry = entry(client, token, beforeLookUp)
                .orElseThrow(() -> wrongSecret("the bearer token belongs to no enrolled device"));
        if (certificates && entry.certificate() != null && !entry.certificate().equals(certificate)) {
            throw wrongSecret("the device enrolled with a client certificate, which this connection has not presented");
        }
        Caller device = admitted(client, entry);
        if (entry.nextHash() != null && entry.isNext(token)) {
            devices.promote(client, entry.nextHash());
        }
        return device;
    }

    private Caller admitted(String client, DeviceRegistry.Entry entry) {
        if (entry.revoked()) {
            throw ProblemKind.CLIENT_REVOKED
                    .because(
                            "client " + client + " was revoked by the operator",
                            "stop; to take part again, enrol again with an enrolment token from the operator")
                    .with("client", client);
        }
        devices.seen(client, entry);
        return new Caller.Device(client, entry.run());
    }

    private Optional<DeviceRegistry.Entry> entry(String client, String token, Runnable beforeLookUp) {
        boolean known = devices.knows(client);
        if (!known) {
            beforeLookUp.run();
        }
        Optional<DeviceRegistry.Entry> entry = devices.find(client);
        if (!known || entry.isEmpty() || entry.get().isOf(token)) {
            return entry.filter(found -> found.isOf(token));
        }
        // Another replica may have rotated the secret since it was cached here.
        beforeLookUp.run();
        devices.forget(client);
        return devices.find(client).filter(found -> found.isOf(token));
    }

    private static ProblemException wrongSecret(String detail) {
        return ProblemKind.UNAUTHENTICATED.because(
                detail,
                "use the secret from the response to this device's enrolment unchanged, or enrol the device again");
    }
}
