package io.evenkeel.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Message;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MessageHeaderTest {

    private final MessageHeader header = new MessageHeader();

    @Test
    void givesTheBytesOfAMessageTogetherWithAFrame() {
        Frames frames = Frames.random(5_000, 50);
        for (long sequence : new long[] {1, 2, 1L << 40}) {
            byte[] bytes = message(frames.get(sequence), sequence, 0xFEDCBA9876543210L);
            Message message = Message.decode(bytes, FrameLimits.of(5_000));
            assertThat(message.sequence()).isEqualTo(sequence);
            assertThat(message.previous()).isEqualTo(0xFEDCBA9876543210L);
            assertThat(message.delta().count()).isEqualTo(50);
            assertThat(message.encode()).isEqualTo(bytes);
        }
    }

    @Test
    void worksWithDenseFrames() {
        byte[] bytes = message(Frames.random(64, 64).get(0), 1, 0);
        assertThat(Message.decode(bytes, FrameLimits.of(64)).encode()).isEqualTo(bytes);
    }

    private byte[] message(ByteBuffer frame, long sequence, long previous) {
        ByteBuffer message = ByteBuffer.allocate(MessageHeader.BYTES + frame.remaining());
        header.put(sequence, previous, message);
        message.put(frame);
        return message.array();
    }
}
