package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Response;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of a registered model as the coordinator sent it. Immutable. */
public final class DownloadedVersion {

    private static final Pattern DIGEST = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final int number;
    private final String sha256;
    private final byte[] file;

    private DownloadedVersion(int number, String sha256, byte[] file) {
        this.number = number;
        this.sha256 = sha256;
        this.file = file;
    }

    static DownloadedVersion of(Response response) {
        String number = response.header("Evenkeel-Model-Version").orElse("");
        Matcher digest = DIGEST.matcher(response.header("Repr-Digest").orElse(""));
        if (!NUMBER.matcher(number).matches() || !digest.matches()) {
            throw new EvenkeelException(
                    "the coordinator's answer lacks the headers Evenkeel-Model-Version and Repr-Digest: check"
                            + " that no proxy removes them, and that its version matches this client's");
        }
        return new DownloadedVersion(
                Integer.parseInt(number), hex(Base64.getDecoder().decode(digest.group(1))), response.body());
    }

    /** Returns bytes in lower-case hex. */
    public static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder(2 * bytes.length);
        for (byte b : bytes) {
            text.append(Character.forDigit((b >> 4) & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
        }
        return text.toString();
    }

    /** Returns the version's number. */
    public int number() {
        return number;
    }

    /** Returns the SHA-256 that the coordinator states for the file, in hex. */
    public String sha256() {
        return sha256;
    }

    /** Returns the safetensors file, not copied. */
    public byte[] file() {
        return file;
    }
}
