package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.http.LongPolls;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.task.TaskAssignment;
import io.evenkeel.coordinator.task.WaitingDevices;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.message.AcceptanceReceipt;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotSupportedException;

/**
 * Processes a message from its request to its receipt: waits for space, reads and checks the message, and
 * commits it in a batch. Counts the message's memory from its first byte on. Thread-safe.
 */
@Component
class MessageIntake {

    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private final Function<String, PlanCache.Known> runs;
    private final BiPredicate<Long, String> members;
    private final MessageMemory memory;
    private final MessageRequestReader reader;
    private final MessageUploads uploads;
    private final GroupCommit groupCommit;
    private final Earlier earlier;
    private final BiFunction<TaskAssignment.Question, Duration, ? extends PendingResponse<?>> tasks;

    /** Finds earlier receipts. */
    @FunctionalInterface
    interface Earlier {

        /**
         * Returns the earlier message of a client for a round, if it was accepted and has the given digest.
         */
        Optional<AcceptedMessage> find(PlanCache.Known run, String client, int round, long digest);
    }

    @Autowired
    MessageIntake(
            PlanCache plans,
            Members members,
            MessageMemory memory,
            MessageRequestReader reader,
            MessageUploads uploads,
            GroupCommit groupCommit,
            BatchAcceptance acceptance,
            WaitingDevices devices) {
        this(plans::named, members::isKnown, memory, reader, uploads, groupCommit, acceptance::earlier, devices::ask);
    }

    /**
     * @param runs finds a run by its name, or throws if there is none
     * @param members tests whether a client is or was a member of a run, given the run's key
     * @param earlier finds earlier receipts
     * @param tasks answers a request for the next task within a time limit; never fails
     */
    MessageIntake(
            Function<String, PlanCache.Known> runs,
            BiPredicate<Long, String> members,
            MessageMemory memory,
            MessageRequestReader reader,
            MessageUploads uploads,
            GroupCommit groupCommit,
            Earlier earlier,
            BiFunction<TaskAssignment.Question, Duration, ? extends PendingResponse<?>> tasks) {
        this.runs = runs;
        this.members = members;
        this.memory = memory;
        this.reader = reader;
        this.uploads = uploads;
        this.groupCommit = groupCommit;
        this.earlier = earlier;
        this.tasks = tasks;
    }

    /**
     * The content of a request besides the message.
     *
     * @param run the run's name
     * @param client the sender
     * @param model the model that the message was computed on
     * @param taskWait how long to wait for the next task after the receipt; zero for only the receipt
     * @param replica the round of the device's replica of x and S; null if it has none
     * @param upload the SHA-256 of the upload that contains the message; null if the message is in the body
     */
    record Delivery(
            String run,
            String client,
            ModelName model,
            Duration taskWait,
            @Nullable Integer replica,
            @Nullable String upload) {

        int round() {
            return model.round();
        }
    }

    /**
     * Accepts a message, or refuses it and changes nothing.
     *
     * @return the receipt, once the message is durable, and the next task if the sender waits for it
     * @throws ProblemException {@code busy}, {@code run-not-found}, {@code member-not-found},
     *     {@code not-found}, {@code too-large}, {@code invalid-frame}, {@code plan-exceeded},
     *     {@code invalid}, {@code malformed}; the returned response contains other refusals
     * @throws HttpMediaTypeNotSupportedException if the body has another media type
     */
    PendingResponse<AcceptanceReceipt> accept(Delivery delivery, HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        groupCommit.requireRoom();
        try (MessageMemory.Hold hold = memory.hold()) {
            PlanCache.Known run = runs.apply(delivery.run());
            if (!members.test(run.run(), delivery.client())) {
                throw JoinRules.notFound(delivery.run(), delivery.client());
            }
            PendingResponse<AcceptanceReceipt> receipt = new PendingResponse<>(
                    MAX_WAIT,
                    decide(run, delivery, request, hold).thenApply(decision -> answer(decision, delivery.run())));
            if (delivery.taskWait().isZero()) {
                return receipt;
            }
            TaskAssignment.Question next =
                    new TaskAssignment.Question(run, delivery.client(), delivery.model(), delivery.replica(), null);
            return receipt.then(LongPolls.MAX_ANSWER, () -> tasks.apply(next, delivery.taskWait()));
        }
    }

    private CompletableFuture<Acceptance> decide(
            PlanCache.Known run, Delivery delivery, HttpServletRequest request, MessageMemory.Hold hold)
            throws IOException, HttpMediaTypeNotSupportedException {
        return delivery.upload() == null
                ? groupCommit.submit(reader.read(run, delivery.client(), delivery.model(), request, hold))
                : decide(
                        run,
                        delivery,
                        new MessageUploads.Upload(run.run(), delivery.client(), delivery.upload()),
                        hold);
    }

    /**
     * Submits an uploaded message, and deletes the upload once the message is accepted. A sender that did not
     * get its receipt can then still get it from the database.
     */
    private CompletableFuture<Acceptance> decide(
            PlanCache.Known run, Delivery delivery, MessageUploads.Upload upload, MessageMemory.Hold hold) {
        CompletableFuture<Acceptance> outcome = earlier.find(run, delivery.client(), delivery.round(), upload.digest())
                .map(before -> CompletableFuture.<Acceptance>completedFuture(new Acceptance.Repeated(before)))
                .orElseGet(() -> groupCommit.submit(
                        reader.read(run, delivery.client(), delivery.model(), uploads.read(upload, hold), hold)));
        // Runs on another thread, because the thread that completes the outcome must send the receipts of a
        // batch.
        CompletableFuture<Void> unused = outcome.thenAcceptAsync(decided -> {
            if (!(decided instanceof Acceptance.Refused)) {
                uploads.delete(upload);
            }
        });
        return outcome;
    }

    private static ResponseEntity<AcceptanceReceipt> answer(Acceptance decision, String run) {
        return ResponseEntity.status(decision instanceof Acceptance.Added ? HttpStatus.CREATED : HttpStatus.OK)
                .body(decision.orThrow().receipt(run));
    }
}
