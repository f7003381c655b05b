package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection that begins a request and leaves it at that. Reads nothing of the answer. */
public final class SlowConnection implements AutoCloseable {

    private final SocketChannel channel;

    public SlowConnection(int port, byte[] start) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        send(start);
    }

    /** Sends a byte more, if the other side still listens. */
    public void drip() {
        try {
            send(new byte[] {'x'});
        } catch (IOException e) {
            // It has hung up, as it may.
        }
    }

    private void send(byte[] bytes) throws IOException {
        int unused = channel.write(ByteBuffer.wrap(bytes));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
