package io.evenkeel.testkit.chaos;

/**
 * A change of a device's place in the run, planned or done.
 *
 * @param device which, 0 and up; those that join come after the first ones
 * @param kind what happens
 * @param round planned: the round it happens in, or the first one after that the device takes part in; done: the round that was open,
 *     which the device had not answered yet
 */
record Change(int device, ChangeKind kind, int round) {}
