package io.evenkeel.coordinator.evaluation;

/** Receives events of evaluations, in the transaction that changes them. */
@FunctionalInterface
public interface EvaluationListener {

    /** Handles an event; an exception rolls back the change. */
    void happened(EvaluationEvent event);
}
