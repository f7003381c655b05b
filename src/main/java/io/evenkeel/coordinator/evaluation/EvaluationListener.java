package io.evenkeel.coordinator.evaluation;

/** Receives events of evaluations, in the transaction that changes them. */
@FunctionalInterface
public interface EvaluationListener {

    /** Takes an event; an exception undoes the change. */
    void happened(EvaluationEvent event);
}
