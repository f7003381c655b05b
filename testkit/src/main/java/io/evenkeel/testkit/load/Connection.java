package io.evenkeel.testkit.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device's non-blocking, persistent HTTP/1.1 connection for one request at a time. Reads small JSON responses, and
 * only counts the bytes of long bodies. Not thread-safe.
 */
final class Connection {

    private static final String LAST_CHUNK = "\r\n0\r\n\r\n";
    private static final String NOT_CHUNKED = "";
    private static final String LINES = "application/x-ndjson";
    private static final int MAX_KEPT_BODY = 1 << 16;

    private final Selector selector;
    private final URI coordinator;
    private final InetSocketAddress server;
    private ByteBuffer received = ByteBuffer.allocate(1024);
    private ByteBuffer[] toSend = {};
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable Consumer<LoadResponse> taker;
    private @Nullable Consumer<IOException> failed;
    private boolean lineTaken;
    private boolean reused;

    /** The head of the response whose long body is being read, and the number of its bytes that are still missing. */
    private String longHead = "";

    private long toSkip;

    Connection(Selector selector, URI coordinator) {
        this.selector = selector;
        this.coordinator = coordinator;
        this.server =
                new InetSocketAddress(coordinator.getHost(), coordinator.getPort() < 0 ? 80 : coordinator.getPort());
    }

    URI server() {
        return coordinator;
    }

    /** Returns the Host header line of a request. */
    String host() {
        return "Host: " + coordinator.getAuthority() + "\r\n";
    }

    /**
     * Sends a request.
     *
     * @param request head and body; the connection takes ownership
     * @param onAnswer receives the response; for a response in lines, first also its first line
     * @param onFailure receives the failure if there is no response
     */
    void send(ByteBuffer[] request, Consumer<LoadResponse> onAnswer, Consumer<IOException> onFailure) {
        taker = onAnswer;
        failed = onFailure;
        lineTaken = false;
        toSkip = 0;
        toSend = request;
        received.clear();
        try {
            SocketChannel open = channel;
            if (open == null) {
                connect();
            } else {
                reused = true;
                write(open);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void connect() throws IOException {
        reused = false;
        SocketChannel opened = SocketChannel.open();
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        opened.connect(server);
        channel = opened;
        key = opened.register(selector, SelectionKey.OP_CONNECT, this);
    }

    /** Continues after the selector has found the connection ready. */
    void ready() {
        SocketChannel open = channel;
        SelectionKey current = key;
        if (open == null || current == null || !current.isValid()) {
            return;
        }
        try {
            if (current.isConnectable() && open.finishConnect()) {
                write(open);
            } else if (current.isWritable()) {
                write(open);
            } else if (current.isReadable()) {
                read(open);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void write(SocketChannel open) throws IOException {
        open.write(toSend);
        boolean all = !toSend[toSend.length - 1].hasRemaining();
        int interest = all ? SelectionKey.OP_READ : SelectionKey.OP_WRITE | SelectionKey.OP_READ;
        if (key != null && key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    private void read(SocketChannel open) throws IOException {
        if (!received.hasRemaining()) {
            received = ByteBuffer.wrap(Arrays.copyOf(received.array(), 2 * received.capacity()))
                    .position(received.position());
        }
        int read = open.read(received);
        if (read < 0) {
            throw new EOFException("the coordinator closed the connection");
        }
        LoadResponse answer = toSkip > 0 ? skip(read) : answer();
        if (answer != null && !answer.isWhole()) {
            lineTaken = true;
            if (taker != null) {
                taker.accept(answer);
            }
        } else if (answer != null) {
            Consumer<LoadResponse> waiting = taker;
            taker = null;
            if (toSend[toSend.length - 1].hasRemaining()
                    || answer.header("Connection", "keep-alive").equalsIgnoreCase("close")) {
                close();
            }
            if (waiting != null) {
                waiting.accept(answer);
            }
        }
    }

    /** Returns the response if it is complete, or its first line if that is new. */
    private @Nullable LoadResponse answer() {
        String text = new String(received.array(), 0, received.position(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return null;
        }
        int body = end + 4;
        String head = text.substring(0, end + 2);
        long length = Long.parseLong(LoadResponse.header(head, "Content-Length", "0"));
        if (length > MAX_KEPT_BODY) {
            longHead = text.substring(0, body);
            toSkip = length;
            received = received.capacity() < MAX_KEPT_BODY ? ByteBuffer.allocate(MAX_KEPT_BODY) : received;
            return skip(text.length() - body);
        }
        boolean isWhole =
                LoadResponse.header(head, "Transfer-Encoding", NOT_CHUNKED).equals(NOT_CHUNKED)
                        ? text.length() >= body + length
                        : text.endsWith(LAST_CHUNK);
        boolean isPart = !isWhole
                && !lineTaken
                && text.indexOf('\n', text.indexOf('{', body)) > body
                && LoadResponse.header(head, "Content-Type", "").startsWith(LINES);
        return isWhole || isPart ? new LoadResponse(text, body, isWhole) : null;
    }

    private @Nullable LoadResponse skip(int read) {
        toSkip -= read;
        received.clear();
        return toSkip > 0 ? null : new LoadResponse(longHead, longHead.length(), true);
    }

    private void fail(IOException e) {
        boolean stale = reused && received.position() == 0 && toSkip == 0;
        close();
        Consumer<LoadResponse> waiting = taker;
        Consumer<IOException> handler = failed;
        if (waiting == null || handler == null) {
            return;
        }
        if (stale) {
            // A server may close an idle connection at any time; that is not a failure of the request.
            Arrays.stream(toSend).forEach(ByteBuffer::rewind);
            send(toSend, waiting, handler);
            return;
        }
        taker = null;
        handler.accept(e);
    }

    void close() {
        SocketChannel open = channel;
        channel = null;
        key = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // The connection is closed in any case.
                return;
            }
        }
    }
}
