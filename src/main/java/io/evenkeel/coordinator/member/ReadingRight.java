package io.evenkeel.coordinator.member;

/** Grants devices access to models of a run that they may not join. */
public interface ReadingRight {

    /** Returns whether a device may read the model of a round. Works in the caller's transaction. */
    boolean mayRead(String run, int round, String client);
}
