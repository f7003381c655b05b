package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.problem.Problem;
import io.evenkeel.coordinator.problem.ProblemException;
import org.springframework.stereotype.Component;

/** Finds out whose a bearer token is. Thread-safe. */
@Component
class Authenticator {

    private final OperatorToken operatorToken;
    private final DeviceCache devices;

    Authenticator(OperatorToken operatorToken, DeviceCache devices) {
        this.operatorToken = operatorToken;
        this.devices = devices;
    }

    /**
     * @throws ProblemException if the token is nobody's ({@code unauthenticated}), or its client was revoked
     */
    Caller authenticate(String token) {
        if (token.startsWith(Credential.DEVICE_PREFIX)) {
            return device(token);
        }
        if (token.startsWith(Credential.ENROLMENT_PREFIX)) {
            throw Problem.UNAUTHENTICATED.because(
                    "the Authorization header carries an enrolment token",
                    "POST it to /api/v1/enrolments as {\"token\": …} and use the secret of the answer here");
        }
        if (operatorToken.is(token)) {
            return new Caller.Operator();
        }
        throw Problem.UNAUTHENTICATED.because(
                "the bearer token is not known here",
                "send the operator's token, or the secret a device was given when it enrolled");
    }

    private Caller device(String token) {
        String client = Credential.clientOf(token)
                .orElseThrow(() -> wrongSecret("the bearer token looks like a device's but is cut or damaged"));
        // The same words for an unknown client and a wrong secret: which clients exist is not everybody's business.
        DeviceRegistry.Entry entry = devices.find(client)
                .filter(known -> Credential.matches(token, known.hash()))
                .orElseThrow(() -> wrongSecret("the bearer token is not that of any enrolled device"));
        if (entry.revoked()) {
            throw Problem.CLIENT_REVOKED
                    .because(
                            "client " + client + " was revoked by the operator",
                            "stop; to take part again, enrol anew with an enrolment token from the operator")
                    .with("client", client);
        }
        devices.seen(client, entry);
        return new Caller.Device(client);
    }

    private static ProblemException wrongSecret(String detail) {
        return Problem.UNAUTHENTICATED.because(
                detail,
                "use the secret from the answer to this device's enrolment unchanged, or enrol the device again");
    }
}
