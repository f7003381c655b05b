package io.evenkeel.testkit.chaos.run;

/**
 * A change of a device's membership, planned or done.
 *
 * @param device the device's number, from 0; devices that join later have the higher numbers
 * @param kind what happens
 * @param round planned: the round of the change, or the next one in which the device takes part; done: the round that was open and
 *     that the device had not answered yet
 */
public record Change(int device, ChangeKind kind, int round) {}
