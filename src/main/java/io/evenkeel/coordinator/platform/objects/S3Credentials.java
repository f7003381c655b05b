package io.evenkeel.coordinator.platform.objects;

import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The credentials from the SDK's default chain: properties, the environment, a service account's token, a
 * file, or the machine's role. The chain renews credentials that expire; {@link #refresh} reads all of them
 * again, even from a file that was replaced. Thread-safe.
 */
final class S3Credentials implements AwsCredentialsProvider, SdkAutoCloseable {

    /** The error codes that indicate a replaced key or an expired session. */
    private static final Set<String> OUTDATED = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "InvalidToken",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired");

    private DefaultCredentialsProvider chain = chain();

    private static DefaultCredentialsProvider chain() {
        return DefaultCredentialsProvider.builder().build();
    }

    /**
     * Returns whether outdated credentials may be the reason for a refusal. The response to a HEAD request
     * has no error code.
     */
    static boolean mayBeOutdated(AwsServiceException refusal) {
        AwsErrorDetails details = refusal.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        if (code == null || code.isEmpty()) {
            return refusal.statusCode() == 400 || refusal.statusCode() == 403;
        }
        return OUTDATED.contains(code);
    }

    /** Discards the credentials, so that the next request reads them again. */
    synchronized void refresh() {
        chain.close();
        chain = chain();
    }

    @Override
    public synchronized AwsCredentials resolveCredentials() {
        return chain.resolveCredentials();
    }

    @Override
    public synchronized void close() {
        chain.close();
    }
}
