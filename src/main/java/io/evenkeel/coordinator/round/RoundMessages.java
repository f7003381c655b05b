package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.message.DecodedMessageCache;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.message.IncludedMessage;
import io.evenkeel.engine.round.RoundTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Adds a frozen round's messages to the sum, in the order of the senders' ordinals and their sequence. Takes decoded
 * messages from the cache if all are there, otherwise reads them from the database. Thread-safe.
 */
@Component
class RoundMessages {

    private static final int FEW = 4;
    private static final int MANY = 100;

    private final MessageStore stored;
    private final DecodedMessageCache kept;
    private final RoundMembers members;
    private final DurableTransactions transactions;

    RoundMessages(
            MessageStore stored, DecodedMessageCache kept, RoundMembers members, DurableTransactions transactions) {
        this.stored = stored;
        this.kept = kept;
        this.members = members;
        this.transactions = transactions;
    }

    /**
     * Adds the messages of a model's round.
     *
     * @param model the model, used only by this thread, with the round started
     * @param tally receives the figures reported in the messages
     * @throws CorruptionException if a message read is damaged
     */
    void addTo(LiveModel model, long id, ValidatedPlan plan, RoundTally tally) {
        Round round = transactions.read(() -> round(id, model.round()));
        tally.receipts(round.entries());
        List<Message> decoded = kept(id, model.round(), round);
        Decoder decoder = new Decoder(id, model.round(), FrameLimits.of(plan.dimension()));
        NormClipping clipping = plan.retainsSum() ? null : plan.robust();
        double[] factors = clipping == null ? null : clipping.factors(norms(plan, decoder, decoded));
        RoundSum sum = new RoundSum(
                model,
                round.senders(),
                tally,
                plan.robust() == null || clipping != null,
                factors,
                plan.algorithm().preset().hasScatterMean());
        if (decoded == null) {
            addStored(plan, sum, decoder);
        } else {
            for (int i = 0; i < decoded.size(); i++) {
                IncludedMessage entry = round.entries().get(i);
                sum.add(entry.ordinal(), decoded.get(i), entry.bytes());
            }
        }
        sum.finish();
    }

    /** Returns the norms of the round's messages, in the order in which they are added; reads those that are not in memory. */
    private double[] norms(ValidatedPlan plan, Decoder decoder, @Nullable List<Message> decoded) {
        if (decoded != null) {
            return decoded.stream()
                    .mapToDouble(message -> message.delta().norm())
                    .toArray();
        }
        DoubleStream.Builder norms = DoubleStream.builder();
        boolean ignored = transactions.read(() -> {
            stored.forEachIn(
                    decoder.run(),
                    decoder.round(),
                    plan.messagesAtOnce(MANY),
                    (ordinal, payload) ->
                            norms.add(decoder.decode(ordinal, payload).delta().norm()));
            return true;
        });
        return norms.build().toArray();
    }

    /**
     * The messages of a round, without their content.
     *
     * @param entries the messages, in the order in which they are added
     * @param senders their senders, by ordinal
     */
    private record Round(List<IncludedMessage> entries, Map<Integer, RoundMembers.Sender> senders) {}

    private Round round(long id, int round) {
        List<IncludedMessage> entries = stored.listIn(id, round);
        List<Integer> ordinals =
                entries.stream().map(IncludedMessage::ordinal).distinct().toList();
        return new Round(entries, members.senders(id, round, ordinals));
    }

    /** A message that was read and is not yet decoded. */
    private static final class Stored {
        private final int ordinal;
        private final byte[] payload;

        Stored(int ordinal, byte[] payload) {
            this.ordinal = ordinal;
            this.payload = payload;
        }

        int ordinal() {
            return ordinal;
        }

        byte[] payload() {
            return payload;
        }
    }

    /** Decodes the stored messages of a round. */
    private record Decoder(long run, int round, FrameLimits limits) {

        Message decode(int ordinal, byte[] payload) {
            try {
                return Message.decode(payload, limits);
            } catch (WireException e) {
                throw new CorruptionException(
                        run, round, ordinal, "the stored message cannot be decoded: " + e.getMessage());
            }
        }
    }

    /** A decoded message that is not yet in the sum. */
    private record Piece(int ordinal, Message message, int bytes) {}

    /** Returns the round's messages from the cache; null if one is missing there. */
    private @Nullable List<Message> kept(long id, int number, Round round) {
        DecodedMessageCache.Taken taken = kept.take(id, number);
        if (taken.count() == 0) {
            return null;
        }
        List<Message> decoded = new ArrayList<>(round.entries().size());
        for (IncludedMessage entry : round.entries()) {
            RoundMembers.Sender sender = round.senders().get(entry.ordinal());
            Message message = sender == null ? null : taken.find(sender.client(), entry.sequence(), entry.digest());
            if (message == null) {
                return null;
            }
            decoded.add(message);
        }
        return decoded;
    }

    /** Reads the messages from the database, verifies, decodes and adds them. */
    private void addStored(ValidatedPlan plan, RoundSum sum, Decoder decoder) {
        if (plan.messagesAtOnce(FEW) == FEW) {
            addInThreads(plan, sum, decoder);
        } else {
            // Messages are large, so each is decoded and added before the next is read.
            boolean ignored = transactions.read(() -> {
                stored.forEachIn(
                        decoder.run(),
                        decoder.round(),
                        plan.messagesAtOnce(MANY),
                        (ordinal, payload) -> add(sum, ordinal, decoder.decode(ordinal, payload), payload.length));
                return true;
            });
        }
    }

    /** Adds a message, and releases it soon, unlike those that were cached anyway. */
    private static void add(RoundSum sum, int ordinal, Message message, int bytes) {
        sum.add(ordinal, message, bytes);
        sum.addMany();
    }

    private void addInThreads(ValidatedPlan plan, RoundSum sum, Decoder decoder) {
        // One thread reads and verifies, the next decodes, and the last adds, in the same order; each does about a
        // third of the work. The last adds many at a time while the first reads ahead by at most d bytes of messages.
        try (PipelineStage<Piece> adding = new PipelineStage<>(
                        "adding", FEW, piece -> add(sum, piece.ordinal(), piece.message(), piece.bytes()));
                PipelineStage<Stored> decoding = new PipelineStage<>("decoding", plan.messagesAtOnce(MANY), read -> {
                    Message message = decoder.decode(read.ordinal(), read.payload());
                    adding.put(new Piece(read.ordinal(), message, read.payload().length));
                })) {
            boolean ignored = transactions.read(() -> {
                stored.forEachIn(
                        decoder.run(),
                        decoder.round(),
                        plan.messagesAtOnce(MANY),
                        (ordinal, payload) -> decoding.put(new Stored(ordinal, payload)));
                return true;
            });
            decoding.finish();
            adding.finish();
        }
    }
}
