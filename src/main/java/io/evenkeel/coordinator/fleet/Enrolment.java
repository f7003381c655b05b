package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.problem.Problem;
import io.evenkeel.coordinator.problem.ProblemException;
import io.evenkeel.coordinator.security.Credential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Hands out enrolment tokens, and takes them for a device's own id and secret. Thread-safe. */
@Component
class Enrolment {

    private static final String ASK = "ask the operator for a new enrolment token";

    private final EnrolmentTokens tokens;
    private final Clients clients;
    private final Clock clock;

    Enrolment(EnrolmentTokens tokens, Clients clients, Clock clock) {
        this.tokens = tokens;
        this.clients = clients;
        this.clock = clock;
    }

    @Transactional
    Issued issue(int uses, @Nullable Duration expiresIn, @Nullable String description) {
        String text = Credential.newEnrolmentToken();
        Instant now = clock.instant();
        Instant expiresAt = expiresIn == null ? null : now.plus(expiresIn);
        EnrolmentToken token =
                new EnrolmentToken(Credential.newId(), Credential.hash(text), description, uses, now, expiresAt);
        return new Issued(tokens.save(token), text);
    }

    @Transactional
    Enrolled enrol(String text, @Nullable String name) {
        EnrolmentToken token = tokens.findByHash(Credential.hash(text)).orElseThrow(Enrolment::unknown);
        Instant now = clock.instant();
        if (tokens.use(token.getId(), now) == 0) {
            throw tokens.findById(token.getId())
                    .map(stale -> refusal(stale, now))
                    .orElseGet(Enrolment::unknown);
        }
        String id = Credential.newId();
        String secret = Credential.newDeviceToken(id);
        clients.save(new Client(id, name, Credential.hash(secret), token.getId(), now));
        return new Enrolled(id, secret);
    }

    @Transactional
    void revoke(String id) {
        if (tokens.revoke(id, clock.instant()) == 0 && !tokens.existsById(id)) {
            throw Problem.ENROLMENT_TOKEN_NOT_FOUND.because(
                    "there is no enrolment token with the id '" + id + "'", "see GET /api/v1/enrolment-tokens");
        }
    }

    private static ProblemException unknown() {
        return Problem.ENROLMENT_TOKEN_UNKNOWN.because("this enrolment token is unknown here or was revoked", ASK);
    }

    private static ProblemException refusal(EnrolmentToken token, Instant now) {
        if (token.revokedAt().isPresent()) {
            return unknown();
        }
        return token.expiresAt()
                .filter(end -> !end.isAfter(now))
                .map(end -> Problem.ENROLMENT_TOKEN_EXPIRED.because("this enrolment token expired at " + end, ASK))
                .orElseGet(() -> Problem.ENROLMENT_TOKEN_USED_UP.because(
                        "this enrolment token was for " + token.uses() + " enrolments, and all are taken", ASK));
    }

    /** A new token and its text, which is known here only now. */
    record Issued(EnrolmentToken token, String text) {

        /** Leaves the text out. */
        @Override
        public String toString() {
            return "Issued[" + token.getId() + "]";
        }
    }

    /** A new client and its secret, which is known here only now. */
    record Enrolled(String client, String secret) {

        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "Enrolled[" + client + "]";
        }
    }
}
