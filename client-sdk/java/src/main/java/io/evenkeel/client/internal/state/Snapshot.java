package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device's half of error feedback after a number of accepted messages.
 *
 * @param client the client's id
 * @param method the kind of error feedback
 * @param dimension d
 * @param sequence the number of accepted messages it includes
 * @param head the digest of the last of these messages, 0 if there is none
 * @param lastRound the round of the last of these messages, -1 if there is none
 * @param vectors the vectors of {@link ErrorFeedback#vectors()}; none for a start from zero
 */
record Snapshot(
        String client,
        FeedbackMethod method,
        int dimension,
        long sequence,
        long head,
        int lastRound,
        List<double[]> vectors) {

    void write(StateStore store, String name) {
        StateFileFormat.write(store, name, StateFileFormat.SNAPSHOT, out -> {
            StateFileFormat.putText(out, client);
            StateFileFormat.putText(out, method.text());
            out.writeInt(dimension);
            out.writeLong(sequence);
            out.writeLong(head);
            out.writeInt(lastRound);
            out.writeInt(vectors.size());
            for (double[] vector : vectors) {
                StateFileFormat.putDoubles(out, vector);
            }
        });
    }

    static @Nullable Snapshot read(StateStore store, String name) {
        return StateFileFormat.read(store, name, StateFileFormat.SNAPSHOT, in -> {
            String client = StateFileFormat.text(in);
            FeedbackMethod method = FeedbackMethod.parse(StateFileFormat.text(in));
            int dimension = in.getInt();
            long sequence = in.getLong();
            long head = in.getLong();
            int lastRound = in.getInt();
            int count = in.getInt();
            List<double[]> vectors = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                vectors.add(StateFileFormat.doubles(in, dimension));
            }
            return new Snapshot(client, method, dimension, sequence, head, lastRound, vectors);
        });
    }

    ErrorFeedback restore() {
        return vectors.isEmpty()
                ? ErrorFeedback.start(method, dimension)
                : ErrorFeedback.restore(method, dimension, vectors);
    }

    long bytes() {
        return (long) vectors.size() * dimension * Double.BYTES;
    }
}
