package io.evenkeel.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers each request with bytes that a test chooses, which need not be valid HTTP. */
final class RawServer implements AutoCloseable {

    /** Writes an answer; ends when the client has closed the connection. */
    interface Answer {

        void to(OutputStream client) throws IOException, InterruptedException;
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    RawServer(Answer answer) throws IOException {
        threads.execute(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    threads.execute(() -> serve(connection, answer));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    /** Sends a prefix, then the same chunk repeatedly. */
    static Answer endless(String start, String piece, long pauseMillis) {
        byte[] first = start.getBytes(StandardCharsets.ISO_8859_1);
        byte[] more = piece.getBytes(StandardCharsets.ISO_8859_1);
        return client -> {
            client.write(first);
            while (true) {
                client.write(more);
                client.flush();
                if (pauseMillis > 0) {
                    Thread.sleep(pauseMillis);
                }
            }
        };
    }

    private static void serve(Socket connection, Answer answer) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = connection.getInputStream();
            StringBuilder head = new StringBuilder();
            for (int read = in.read(); read >= 0; read = in.read()) {
                head.append((char) read);
                if (head.indexOf("\r\n\r\n") >= 0) {
                    break;
                }
            }
            answer.to(connection.getOutputStream());
        } catch (IOException gone) {
            // The client has closed the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    URI uri() {
        return URI.create(
                "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort() + "/x");
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
