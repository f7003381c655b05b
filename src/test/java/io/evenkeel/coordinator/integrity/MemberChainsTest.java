package io.evenkeel.coordinator.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.engine.message.IncludedMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberChainsTest {

    private static IncludedMessage message(int ordinal, int round, long sequence, long digest) {
        return new IncludedMessage(ordinal, round, sequence, digest, 10);
    }

    @Test
    void fromRoundZeroTheChainsOfAllMembersAreKnown() {
        MemberChains chains = new MemberChains(2, 0, 0);
        chains.add(0, List.of(message(0, 0, 1, 7)));
        chains.add(1, List.of(message(0, 1, 2, 8)));

        assertThatCode(() -> chains.require(
                        0, List.of(new MemberTable.Chain(0, 2, 8, 1), new MemberTable.Chain(1, 0, 0, -1))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> chains.require(1, List.of(new MemberTable.Chain(1, 1, 5, 1))))
                .hasMessage("the chain of member 1 is at message 1 of round 1, but its messages end with message 0 of"
                        + " round -1");
    }

    @Test
    void fromALaterRoundOnlyTheChainsOfLaterSendersAreKnown() {
        MemberChains chains = new MemberChains(2, 5, 0);
        chains.add(5, List.of(message(0, 3, 9, 7)));

        assertThatCode(() -> chains.require(
                        0, List.of(new MemberTable.Chain(0, 9, 7, 4), new MemberTable.Chain(1, 3, 1, 2))))
                .as("an earlier message, which was not read, may be for a later round")
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> chains.require(0, List.of(new MemberTable.Chain(0, 10, 7, 4))))
                .isInstanceOf(ChainMismatchException.class);
        assertThatThrownBy(() -> chains.require(0, List.of(new MemberTable.Chain(0, 9, 7, 2))))
                .isInstanceOf(ChainMismatchException.class);
    }

    @Test
    void aMessageThatIsMissingInTheMiddleIsFound() {
        MemberChains chains = new MemberChains(1, 5, 0);
        chains.add(5, List.of(message(0, 5, 9, 7)));

        assertThatThrownBy(() -> chains.add(6, List.of(message(0, 6, 11, 8))))
                .hasMessage("message 11 of member 0 comes after message 9");
    }

    @Test
    void foldedRoundsMayLackMessagesButNotAMembersLastOne() {
        MemberChains chains = new MemberChains(3, 0, 5);
        chains.add(2, List.of(message(0, 2, 3, 7), message(1, 2, 1, 5)));
        chains.add(5, List.of(message(0, 5, 6, 8)));
        chains.add(6, List.of(message(0, 6, 7, 9)));

        assertThat(chains.messages()).isEqualTo(4);
        assertThatCode(() -> chains.require(
                        0,
                        List.of(
                                new MemberTable.Chain(0, 7, 9, 6),
                                new MemberTable.Chain(1, 1, 5, 2),
                                new MemberTable.Chain(2, 0, 0, -1))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> chains.require(1, List.of(new MemberTable.Chain(1, 2, 6, 4))))
                .isInstanceOf(ChainMismatchException.class);
        assertThatThrownBy(() -> chains.require(2, List.of(new MemberTable.Chain(2, 1, 5, 3))))
                .isInstanceOf(ChainMismatchException.class);
        assertThatThrownBy(() -> chains.add(7, List.of(message(0, 7, 9, 1))))
                .hasMessage("message 9 of member 0 comes after message 7");
        assertThatThrownBy(() -> chains.add(7, List.of(message(1, 7, 1, 1))))
                .hasMessage("message 1 of member 1 comes after message 1");
    }
}
