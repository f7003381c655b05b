package io.evenkeel.coordinator.message;

import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.message.AcceptedMessage;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Caches accepted messages in decoded form until their round is closed, so that closing need not read and
 * decode them again. The cache has a maximum size in bytes; messages that are not cached are read from the
 * database. Thread-safe.
 */
@Component
public class DecodedMessageCache {

    private static final long BYTES_PER_ENTRY = Integer.BYTES + Double.BYTES;
    private static final long BYTES_BESIDE = 500;

    private final MessageMemory memory;
    private final Map<Long, OpenRound> rounds = new ConcurrentHashMap<>();

    DecodedMessageCache(MessageMemory memory) {
        this.memory = memory;
    }

    /** The key of a message within a round. */
    private record Key(String client, long sequence) {}

    private record Decoded(long digest, Message message) {}

    /**
     * The cached messages of a run's open round. Modified only within {@code rounds.compute}; nothing is
     * added once the messages have been taken.
     */
    private static final class OpenRound {
        private final int round;
        private final Map<Key, Decoded> messages = new HashMap<>();
        private long bytes;

        OpenRound(int round) {
            this.round = round;
        }
    }

    /**
     * Reserves space for a message that may be accepted.
     *
     * @return whether there was enough space; if so, the caller must later call {@link #keep} or
     *     {@link #release}
     */
    boolean reserve(Message message) {
        return memory.takeDecoded(bytes(message));
    }

    /** Releases the space reserved for a message. */
    void release(Message message) {
        memory.releaseDecoded(bytes(message));
    }

    /** Caches an accepted message, for which space was reserved. */
    void keep(long run, AcceptedMessage accepted, Message message) {
        rounds.compute(run, (key, known) -> {
            if (known != null && known.round > accepted.includedIn()) {
                release(message);
                return known;
            }
            OpenRound open = known != null && known.round == accepted.includedIn() ? known : renewed(known, accepted);
            open.messages.put(new Key(accepted.client(), message.sequence()), new Decoded(accepted.digest(), message));
            open.bytes += bytes(message);
            return open;
        });
    }

    private OpenRound renewed(@Nullable OpenRound older, AcceptedMessage accepted) {
        release(older);
        return new OpenRound(accepted.includedIn());
    }

    /** Removes and returns the messages of a round that is being closed. */
    public Taken take(long run, int round) {
        OpenRound open = rounds.remove(run);
        release(open);
        return new Taken(open == null || open.round != round ? Map.of() : open.messages);
    }

    /** Removes the messages of all other runs. */
    public void keepOnly(Collection<Long> runs) {
        for (Long run : List.copyOf(rounds.keySet())) {
            if (!runs.contains(run)) {
                release(rounds.remove(run));
            }
        }
    }

    private void release(@Nullable OpenRound open) {
        if (open != null) {
            memory.releaseDecoded(open.bytes);
        }
    }

    private static long bytes(Message message) {
        return BYTES_BESIDE + BYTES_PER_ENTRY * message.delta().count();
    }

    /** The cached messages of a round. */
    public static final class Taken {

        private final Map<Key, Decoded> messages;

        private Taken(Map<Key, Decoded> messages) {
            this.messages = messages;
        }

        public int count() {
            return messages.size();
        }

        /** Returns a message; null if it was not cached, or if a different one was. */
        @Nullable
        public Message find(String client, long sequence, long digest) {
            Decoded decoded = messages.get(new Key(client, sequence));
            return decoded != null && decoded.digest() == digest ? decoded.message() : null;
        }
    }
}
