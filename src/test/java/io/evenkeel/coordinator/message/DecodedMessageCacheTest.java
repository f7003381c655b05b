package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.message.AcceptedMessage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cache of accepted messages is bounded and releases its memory. */
class DecodedMessageCacheTest {

    private static final long RUN = 7;
    private static final long ROOM_FOR_TWO = 2 * (500 + 12 * 3) + 10;

    private final MessageMemory memory = new MessageMemory(0, 0, ROOM_FOR_TWO);
    private final DecodedMessageCache kept = new DecodedMessageCache(memory);

    private static Message message(long sequence) {
        CompressedVector delta = new CompressedVector(
                new Support.Listed(10, new int[] {1, 4, 6}), ValueCoding.FLOAT64, new double[] {1, 2, sequence});
        return new Message(sequence, 0, Report.of(1), delta);
    }

    private boolean accept(String client, int round, Message message, long digest) {
        boolean room = kept.reserve(message);
        if (room) {
            kept.keep(
                    RUN,
                    new AcceptedMessage(client, round, round, message.sequence(), digest, Instant.EPOCH, 0),
                    message);
        }
        return room;
    }

    @Test
    void returnsOnlyMessagesOfTheRound() {
        Message first = message(1);
        assertThat(accept("a", 3, first, 11)).isTrue();
        assertThat(accept("b", 3, message(2), 12)).isTrue();
        DecodedMessageCache.Taken taken = kept.take(RUN, 3);
        assertThat(taken.count()).isEqualTo(2);
        assertThat(taken.find("a", 1, 11)).isSameAs(first);
        assertThat(taken.find("a", 1, 99)).as("another digest").isNull();
        assertThat(taken.find("b", 1, 11)).as("another client").isNull();
        assertThat(taken.find("a", 2, 11)).as("another number").isNull();
        assertThat(memory.decoded()).isZero();
        assertThat(kept.take(RUN, 3).count()).isZero();
    }

    @Test
    void keepsAtMostItsShareUntilMessagesAreReleased() {
        assertThat(accept("a", 3, message(1), 11)).isTrue();
        assertThat(accept("b", 3, message(1), 12)).isTrue();
        assertThat(accept("c", 3, message(1), 13)).isFalse();
        kept.take(RUN, 3);
        assertThat(accept("c", 4, message(2), 14)).isTrue();
    }

    @Test
    void aNewerRoundReplacesAnOlderOneWhoseLateMessagesAreDropped() {
        accept("a", 3, message(1), 11);
        accept("a", 4, message(2), 12);
        long one = memory.decoded();
        accept("b", 3, message(1), 13);
        assertThat(memory.decoded()).isEqualTo(one);
        assertThat(kept.take(RUN, 4).find("a", 2, 12)).isNotNull();
        assertThat(memory.decoded()).isZero();
    }

    @Test
    void returnsNothingForAnotherRound() {
        accept("a", 3, message(1), 11);
        assertThat(kept.take(RUN, 4).count()).isZero();
        assertThat(memory.decoded()).isZero();
    }

    @Test
    void releasesRunsOfOtherReplicas() {
        accept("a", 3, message(1), 11);
        kept.keepOnly(List.of(RUN));
        assertThat(memory.decoded()).isPositive();
        kept.keepOnly(List.of(RUN + 1));
        assertThat(memory.decoded()).isZero();
    }
}
