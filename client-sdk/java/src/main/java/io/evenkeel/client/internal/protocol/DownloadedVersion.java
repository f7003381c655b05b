package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Response;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The response to a device's request for an alias: a version, or the notice that the device already has it. Immutable.
 */
public final class DownloadedVersion {

    private static final Pattern DIGEST = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern ROLLOUT = Pattern.compile("[a-z0-9]{1,64}");
    private static final int NOT_MODIFIED = 304;

    private final int number;
    private final String sha256;
    private final byte @Nullable [] file;
    private final String rollout;
    private final int baseline;

    private DownloadedVersion(int number, String sha256, byte @Nullable [] file, String rollout, int baseline) {
        this.number = number;
        this.sha256 = sha256;
        this.file = file;
        this.rollout = rollout;
        this.baseline = baseline;
    }

    /** Returns the entity tag of a version's safetensors file. */
    static String tag(String sha256) {
        return "\"" + sha256 + "-safetensors\"";
    }

    /**
     * Reads a response.
     *
     * @param known the SHA-256 of the versions that the device has, the one in use first
     */
    static DownloadedVersion of(Response response, List<String> known) {
        if (response.status() == NOT_MODIFIED) {
            String tag = response.header("ETag").orElse("");
            String named = known.stream()
                    .filter(sha256 -> tag.contains(tag(sha256)))
                    .findFirst()
                    .orElse(known.isEmpty() ? "" : known.get(0));
            return new DownloadedVersion(0, named, null, rollout(response), 0);
        }
        String number = response.header("Evenkeel-Model-Version").orElse("");
        Matcher digest = DIGEST.matcher(response.header("Repr-Digest").orElse(""));
        if (!NUMBER.matcher(number).matches() || !digest.matches()) {
            throw new EvenkeelException(
                    "the coordinator's response lacks the headers Evenkeel-Model-Version and Repr-Digest: check"
                            + " that no proxy removes them, and that its version matches this client's");
        }
        return new DownloadedVersion(
                Integer.parseInt(number),
                hex(Base64.getDecoder().decode(digest.group(1))),
                response.body(),
                rollout(response),
                baseline(response));
    }

    private static String rollout(Response response) {
        return response.header("Evenkeel-Rollout")
                .filter(id -> ROLLOUT.matcher(id).matches())
                .orElse("");
    }

    private static int baseline(Response response) {
        String text = response.header("Evenkeel-Rollout-Baseline").orElse("");
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    }

    /** Returns bytes in lower-case hex. */
    public static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder(2 * bytes.length);
        for (byte b : bytes) {
            text.append(Character.forDigit((b >> 4) & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
        }
        return text.toString();
    }

    /** Returns whether the device has the version, so that there is no file. */
    public boolean isKnown() {
        return file == null;
    }

    /** Returns the id of the roll-out that the version comes from, empty if it is the alias's version. */
    public String rollout() {
        return rollout;
    }

    /** Returns the number of the alias's version during the roll-out, 0 without one. */
    public int baseline() {
        return baseline;
    }

    /** Returns the version's number; 0 if the device has it. */
    public int number() {
        return number;
    }

    /** Returns the SHA-256 that the coordinator states for the file, in hex. */
    public String sha256() {
        return sha256;
    }

    /** Returns the safetensors file, not copied; empty if the device has it. */
    public byte[] file() {
        return file == null ? new byte[0] : file;
    }
}
