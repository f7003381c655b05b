package io.evenkeel.client.internal.protocol;

/**
 * How far a run had come when the coordinator answered.
 *
 * @param state {@code created}, {@code running}, {@code paused}, {@code finished}, {@code cancelled} or {@code failed}
 * @param members the number of clients that are members of the run
 * @param minParticipants the number of members that the start needs, and of messages that a round needs
 */
public record RunProgress(String state, int members, int minParticipants) {}
