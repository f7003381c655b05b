package io.evenkeel.client;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A test coordinator's view of a member: its chain and its g. */
public final class TestMember {

    final String client;
    final int ordinal;
    final Map<Integer, Accepted> accepted = new TreeMap<>();
    public final double[] g;
    double weight;
    long sequence;
    long head;
    int lastRound = -1;

    /** The device's encrypted copy of its state. */
    byte[] backup = {};

    /** Whether it leaves when the open round closes. */
    boolean isLeaving;

    TestMember(String client, int ordinal, int dimension) {
        this.client = client;
        this.ordinal = ordinal;
        this.g = new double[dimension];
    }

    /** An accepted message and its receipt. */
    record Accepted(long digest, Map<String, Object> receipt, CompressedVector delta) {}

    /** Appends a message to the chain and returns its receipt. */
    Map<String, Object> accept(String run, int round, Message message, long digest) {
        message.delta().addTo(g, 1);
        return append(run, round, digest, message.delta());
    }

    /** Appends a message of which only the cohort's sum is known. */
    Map<String, Object> append(String run, int round, long digest, CompressedVector sum) {
        sequence++;
        head = digest;
        lastRound = round;
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("run", run);
        receipt.put("client", client);
        receipt.put("round", round);
        receipt.put("includedIn", round);
        receipt.put("sequence", sequence);
        receipt.put("digest", Digest.toHex(digest));
        receipt.put("head", Digest.toHex(digest));
        receipt.put("acceptedAt", "2026-01-31T12:00:00Z");
        accepted.put(round, new Accepted(digest, receipt, sum));
        return receipt;
    }

    /** Returns the member's part of a membership document. */
    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("client", client);
        fields.put("weight", weight);
        fields.put("ordinal", ordinal);
        fields.put("sequence", sequence);
        fields.put("head", Digest.toHex(head));
        fields.put("round", lastRound < 0 ? null : lastRound);
        return fields;
    }

    /** Returns g as a frame. */
    byte[] frame() {
        return FrameCodec.encode(new CompressedVector(new Support.All(g.length), ValueCoding.FLOAT64, g.clone()));
    }
}
