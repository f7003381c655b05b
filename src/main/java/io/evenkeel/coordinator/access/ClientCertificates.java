package io.evenkeel.coordinator.access;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the common name of a device's certificate, which the TLS handshake has verified. Thread-safe. */
@Component
public class ClientCertificates {

    private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";
    private static final int MAX_NAME_LENGTH = 200;

    private final SecuritySettings.DeviceCertificates mode;

    ClientCertificates(SecuritySettings settings) {
        this.mode = settings.deviceCertificates();
    }

    /** Returns the common name, or null if there is no certificate, it has no common name, or certificates are not used. */
    @Nullable
    public String nameIn(HttpServletRequest request) {
        if (mode == SecuritySettings.DeviceCertificates.OFF
                || !(request.getAttribute(ATTRIBUTE) instanceof X509Certificate[] chain)
                || chain.length == 0) {
            return null;
        }
        return commonName(chain[0].getSubjectX500Principal().getName());
    }

    /**
     * Returns the common name, or null if there is none and certificates are optional.
     *
     * @throws ProblemException {@code unauthenticated} if there is none but certificates are required
     */
    public @Nullable String requiredIn(HttpServletRequest request) {
        String name = nameIn(request);
        if (name == null && mode == SecuritySettings.DeviceCertificates.REQUIRED) {
            throw ProblemKind.UNAUTHENTICATED.because(
                    "the device has presented no client certificate with a common name",
                    "connect with the certificate that the operator of this fleet has given to the device");
        }
        return name;
    }

    private static @Nullable String commonName(String subject) {
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
                    return DisplayText.faultIn(name).isPresent() || name.length() > MAX_NAME_LENGTH ? null : name;
                }
            }
            return null;
        } catch (InvalidNameException e) {
            return null;
        }
    }
}
