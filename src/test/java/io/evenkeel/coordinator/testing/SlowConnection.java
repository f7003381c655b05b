package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection that starts a request and does not finish it. Does not read the response. */
public final class SlowConnection implements AutoCloseable {

    private final SocketChannel channel;

    public SlowConnection(int port, byte[] start) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        send(start);
    }

    /** Sends one more byte, if the connection is still open. */
    public void drip() {
        try {
            send(new byte[] {'x'});
        } catch (IOException e) {
            // The server has closed the connection, which is allowed.
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
