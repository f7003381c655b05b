package io.evenkeel.engine.message;

import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;

/** The decision of {@link AcceptanceRules} on a message. */
public sealed interface Acceptance {

    /**
     * Returns the accepted message.
     *
     * @throws ProblemException if it was refused
     */
    AcceptedMessage orThrow();

    /**
     * The message joins the open round and its sender's chain.
     *
     * @param message the data of its receipt
     * @param sender the sender's membership before it
     */
    record Added(AcceptedMessage message, MemberRow sender) implements Acceptance {

        @Override
        public AcceptedMessage orThrow() {
            return message;
        }
    }

    /**
     * The message was accepted before, and counts once.
     *
     * @param message the data of its receipt
     */
    record Repeated(AcceptedMessage message) implements Acceptance {

        @Override
        public AcceptedMessage orThrow() {
            return message;
        }
    }

    /**
     * The message changes nothing.
     *
     * @param problem the reason
     */
    record Refused(ProblemException problem) implements Acceptance {

        @Override
        public AcceptedMessage orThrow() {
            throw problem;
        }
    }
}
