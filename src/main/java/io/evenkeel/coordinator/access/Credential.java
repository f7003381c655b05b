package io.evenkeel.coordinator.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates, parses and hashes tokens.
 *
 * <p>A token consists of a prefix that identifies its kind to people and secret scanners, the client id for a
 * device's token, and 256 random bits as 43 characters of base64url. Only SHA-256 hashes of tokens are
 * stored. 256 random bits cannot be guessed, so a slow password hash would cost time for every message
 * without adding security.
 */
public final class Credential {

    /** The prefix of an operator's token. */
    public static final String OPERATOR_PREFIX = "evk_op_";

    /** The prefix of an enrolment token. */
    public static final String ENROLMENT_PREFIX = "evk_enrol_";

    /** The prefix of a device's token; its client id and another underscore follow. */
    public static final String DEVICE_PREFIX = "evk_dev_";

    // 32 characters of 5 bits each, without letters that look like digits or each other.
    private static final String ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 12;
    private static final int SECRET_BYTES = 32;
    private static final Pattern DEVICE =
            Pattern.compile(DEVICE_PREFIX + "([" + ID_ALPHABET + "]{" + ID_LENGTH + "})_[A-Za-z0-9_-]{43}");
    private static final Pattern ACCESS =
            Pattern.compile("evk_(?:op|view)_([" + ID_ALPHABET + "]{" + ID_LENGTH + "})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private Credential() {}

    /** Returns a new operator token. */
    public static String newOperatorToken() {
        return OPERATOR_PREFIX + secret();
    }

    /** Returns a new token for an additional operator or viewer; its id is not a secret. */
    static String newAccessToken(String prefix, String id) {
        return prefix + id + "_" + secret();
    }

    /** Returns a new enrolment token. */
    public static String newEnrolmentToken() {
        return ENROLMENT_PREFIX + secret();
    }

    /** Returns a new token for a device. */
    public static String newDeviceToken(String client) {
        return DEVICE_PREFIX + client + "_" + secret();
    }

    /** Returns a new random id of 12 characters (60 bits) that needs no escaping in a URL; not a secret. */
    public static String newId() {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_ALPHABET.charAt(RANDOM.nextInt(ID_ALPHABET.length())));
        }
        return id.toString();
    }

    /** Returns the client id in a device's token, or empty if the text is not one. */
    public static Optional<String> clientOf(String token) {
        return idIn(token, DEVICE);
    }

    /** Returns the id in the token of an additional operator or viewer, or empty if the text is not one. */
    static Optional<String> accessIdOf(String token) {
        return idIn(token, ACCESS);
    }

    private static Optional<String> idIn(String token, Pattern form) {
        Matcher matcher = form.matcher(token);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Returns the token's SHA-256 hash in its stored form, 64 hex digits. */
    public static String hash(String token) {
        return HexFormat.of().formatHex(sha256(token));
    }

    /** Returns, in constant time, whether a token has the stored hash. */
    public static boolean matches(String token, String hash) {
        return MessageDigest.isEqual(sha256(token), HexFormat.of().parseHex(hash));
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
