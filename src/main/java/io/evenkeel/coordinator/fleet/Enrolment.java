package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.access.DeviceCache;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.Attributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/** Issues enrolment tokens, and exchanges them for a device's id and secret. Thread-safe. */
@Component
class Enrolment {

    private static final String ASK = "ask the operator for a new enrolment token";

    private final EnrolmentTokenRepository tokens;
    private final ClientRepository clients;
    private final ProfileTable profiles;
    private final DeviceCache devices;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final TrustedTime time;

    Enrolment(
            EnrolmentTokenRepository tokens,
            ClientRepository clients,
            ProfileTable profiles,
            DeviceCache devices,
            DurableTransactions transactions,
            Clock clock,
            TrustedTime time) {
        this.tokens = tokens;
        this.clients = clients;
        this.profiles = profiles;
        this.devices = devices;
        this.transactions = transactions;
        this.clock = clock;
        this.time = time;
    }

    Issued issue(int uses, @Nullable Duration expiresIn, @Nullable String run, @Nullable String description) {
        String text = Credential.newEnrolmentToken();
        Instant now = clock.instant();
        Instant expiresAt = expiresIn == null ? null : time.forExpiry().plus(expiresIn);
        EnrolmentToken token =
                new EnrolmentToken(Credential.newId(), Credential.hash(text), description, run, uses, now, expiresAt);
        return new Issued(transactions.write(() -> tokens.save(token)), text);
    }

    /**
     * Exchanges one use of a token for a client's id and secret.
     *
     * @param key the idempotency key: a repeated request with the same key returns the same client and does
     *     not consume another use. The secret is new, since the first one is not stored
     * @throws ProblemException {@code enrolment-token-…}, or {@code conflict} if the client has used its secret since
     */
    Enrolled enrol(String text, Description device, @Nullable String key) {
        Supplier<Enrolled> attempt = () -> enrolOnce(text, device, key);
        Enrolled enrolled;
        try {
            enrolled = transactions.write(attempt);
        } catch (DataIntegrityViolationException sameAtOnce) {
            enrolled = transactions.write(attempt);
        }
        devices.forget(enrolled.client());
        if (device.certificate() != null) {
            devices.forgetCertificate(device.certificate());
        }
        return enrolled;
    }

    private Enrolled enrolOnce(String text, Description device, @Nullable String key) {
        EnrolmentToken token = tokens.findByHash(Credential.hash(text)).orElseThrow(Enrolment::unknown);
        String hashedKey = key == null ? null : Credential.hash(key);
        if (hashedKey != null) {
            Optional<Client> before = clients.findByEnrolledByAndEnrolmentKey(token.getId(), hashedKey);
            if (before.isPresent()) {
                return again(before.get().getId());
            }
        }
        Instant now = clock.instant();
        Instant notBefore = time.forExpiry();
        if (tokens.use(token.getId(), notBefore) == 0) {
            throw tokens.findById(token.getId())
                    .map(stale -> refusal(stale, notBefore))
                    .orElseGet(Enrolment::unknown);
        }
        String id = Credential.newId();
        String secret = Credential.newDeviceToken(id);
        clients.save(new Client(id, device.name(), Credential.hash(secret), token, now)
                .repeatable(hashedKey)
                .with(device.certificate())
                .describe(profiles.key(new Profile(device.attributes(), Attributes.NONE))));
        return new Enrolled(id, secret);
    }

    private Enrolled again(String client) {
        String secret = Credential.newDeviceToken(client);
        if (clients.replaceUnusedSecret(client, Credential.hash(secret)) == 0) {
            throw ProblemKind.CONFLICT
                    .because(
                            "this enrolment created client " + client
                                    + ", which has used its secret since or was revoked",
                            "use that secret, or enrol as another client with another Idempotency-Key")
                    .with("client", client);
        }
        return new Enrolled(client, secret);
    }

    void revoke(String id) {
        transactions.write(() -> {
            if (tokens.revoke(id, clock.instant()) == 0 && !tokens.existsById(id)) {
                throw notFound(id);
            }
        });
    }

    /** Returns up to {@code limit} tokens, oldest first, starting with the first or after the given one. */
    List<EnrolmentToken> tokens(@Nullable String after, int limit) {
        if (after == null) {
            return tokens.after(Instant.EPOCH, "", Limit.of(limit));
        }
        EnrolmentToken last = tokens.findById(after).orElseThrow(() -> notFound(after));
        return tokens.after(last.createdAt(), last.getId(), Limit.of(limit));
    }

    /** Returns the error for an unknown token id. */
    static ProblemException notFound(String id) {
        return ProblemKind.ENROLMENT_TOKEN_NOT_FOUND.because(
                "there is no enrolment token with the id '" + id + "'", "see GET /api/v1/enrolment-tokens");
    }

    private static ProblemException unknown() {
        return ProblemKind.ENROLMENT_TOKEN_UNKNOWN.because("this enrolment token is unknown here or was revoked", ASK);
    }

    private static ProblemException refusal(EnrolmentToken token, Instant now) {
        if (token.revokedAt().isPresent()) {
            return unknown();
        }
        return token.expiresAt()
                .filter(end -> !end.isAfter(now))
                .map(end -> ProblemKind.ENROLMENT_TOKEN_EXPIRED.because("this enrolment token expired at " + end, ASK))
                .orElseGet(() -> ProblemKind.ENROLMENT_TOKEN_USED_UP.because(
                        "this enrolment token was for " + token.uses() + " enrolments, all of which are used", ASK));
    }

    /**
     * The information that a device sends about itself.
     *
     * @param name the name that operators see, if any
     * @param attributes its attributes
     * @param certificate the name in its certificate, if it must present one
     */
    record Description(
            @Nullable String name,
            Attributes attributes,
            @Nullable String certificate) {}

    /** A new token and its text, which is not stored. */
    record Issued(EnrolmentToken token, String text) {

        /** Returns the id without the text. */
        @Override
        public String toString() {
            return "Issued[" + token.getId() + "]";
        }
    }

    /** A new client and its secret, which is not stored. */
    record Enrolled(String client, String secret) {

        /** Returns the id without the secret. */
        @Override
        public String toString() {
            return "Enrolled[" + client + "]";
        }
    }
}
