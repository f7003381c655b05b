package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.EncryptedShares;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReceivedSharesTest {

    private static final List<Integer> MEMBERS = List.of(3, 4, 8, 250, Integer.MAX_VALUE);

    /** The ordinals of the members that sent shares: one has dropped out. */
    private static final List<Integer> SENDERS = List.of(3, 4, 250, Integer.MAX_VALUE);

    private final List<EncryptedShares> all = new ArrayList<>();
    private final Map<Integer, byte[]> sent = new TreeMap<>();

    ReceivedSharesTest() {
        Random random = new Random(1);
        for (int sender : SENDERS) {
            List<EncryptedShares> shares = new ArrayList<>();
            for (int receiver : MEMBERS) {
                byte[] bytes = new byte[EncryptedShares.BYTES];
                random.nextBytes(bytes);
                if (receiver != sender) {
                    shares.add(new EncryptedShares(sender, receiver, bytes));
                }
            }
            all.addAll(shares);
            sent.put(sender, SecAggFrames.encodeSent(shares));
        }
    }

    private byte[] sentBy(int member) {
        return Objects.requireNonNull(sent.get(member));
    }

    private Map<Integer, byte[]> received(List<Integer> receivers) {
        ReceivedShares received = new ReceivedShares(receivers, SENDERS.size() - 1);
        sent.forEach(received::add);
        return received.frames();
    }

    @Test
    void areThoseThatTheOthersSent() {
        for (List<Integer> block : List.of(SENDERS, SENDERS.subList(0, 1), SENDERS.subList(1, 3))) {
            Map<Integer, byte[]> frames = received(block);
            assertThat(frames.keySet()).containsExactlyElementsOf(block);
            frames.forEach((receiver, frame) -> {
                assertThat(SecAggFrames.decodeReceived(frame, receiver))
                        .isEqualTo(all.stream()
                                .filter(share -> share.to() == receiver)
                                .toList());
                assertThat(frame).hasSize(ReceivedShares.bytes(3));
            });
        }
    }

    @Test
    void areRefusedIfOneIsMissingOrTooMany() {
        ReceivedShares few = new ReceivedShares(SENDERS, 3);
        few.add(3, sentBy(3));
        assertThatThrownBy(few::frames).hasMessageContaining("member 3 has fewer than the 3 shares");
        ReceivedShares many = new ReceivedShares(List.of(8), 3);
        SENDERS.subList(0, 3).forEach(sender -> many.add(sender, sentBy(sender)));
        assertThatThrownBy(() -> many.add(Integer.MAX_VALUE, sentBy(Integer.MAX_VALUE)))
                .hasMessageContaining("more than the 3 shares");
    }

    @Test
    void areRefusedOutOfOrderOrDamaged() {
        ReceivedShares received = new ReceivedShares(SENDERS, 3);
        received.add(4, sentBy(4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> received.add(3, sentBy(3)))
                .withMessageContaining("member 3 after 4");
        byte[] damaged = sentBy(250).clone();
        damaged[100] ^= 1;
        assertThatThrownBy(() -> received.add(250, damaged)).isInstanceOf(WireException.class);
    }
}
