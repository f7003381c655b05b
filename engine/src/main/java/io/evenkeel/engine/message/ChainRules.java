package io.evenkeel.engine.message;

import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.HexFormat;

/** Checks that a device's messages form a chain: each names the number and the digest of the previous one. */
public final class ChainRules {

    private ChainRules() {}

    /**
     * Refuses a message that is not the next one in its sender's chain.
     *
     * @param run the run's name
     * @throws ProblemException {@code state-diverged}
     */
    public static void require(String run, MemberRow member, long sequence, long previous) {
        if (!isNext(member, sequence, previous)) {
            throw diverged(run, member, sequence, previous);
        }
    }

    static boolean isNext(MemberRow member, long sequence, long previous) {
        return sequence == member.sequence() + 1 && previous == member.head();
    }

    static ProblemException diverged(String run, MemberRow member, long sequence, long previous) {
        return ProblemKind.STATE_DIVERGED
                .because(
                        "the message is number " + sequence + " after " + hex(previous) + ", expected number "
                                + (member.sequence() + 1) + " after " + hex(member.head()),
                        "another device may use the same identity, or state was lost: fetch the state the coordinator"
                                + " accepted with GET /api/v1/runs/" + run + "/members/me/state")
                .with("expectedSequence", member.sequence() + 1)
                .with("expectedPrevious", hex(member.head()));
    }

    static String hex(long digest) {
        return HexFormat.of().toHexDigits(digest);
    }
}
