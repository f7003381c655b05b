package io.evenkeel.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Queries over all members of a round give the same results as iterating over the members. */
@CoordinatorTest
class RoundMembersTest {

    private static final int MEMBERS = 300;
    private static final int ROUNDS = 6;

    private final Api api;
    private final JdbcTemplate jdbc;
    private final PlanCache plans;
    private final RoundMembers members;
    private final MemberRepository repository;
    private final DurableTransactions transactions;
    private final Random random = new Random(7);
    private long run;

    RoundMembersTest(
            @Autowired Api api,
            @Autowired JdbcTemplate jdbc,
            @Autowired PlanCache plans,
            @Autowired RoundMembers members,
            @Autowired MemberRepository repository,
            @Autowired DurableTransactions transactions) {
        this.api = api;
        this.jdbc = jdbc;
        this.plans = plans;
        this.members = members;
        this.repository = repository;
        this.transactions = transactions;
    }

    private record Row(
            int activeFrom,
            @Nullable Integer leftAfter,
            double weight,
            @Nullable Double pending) {

        boolean isActive(int round) {
            return activeFrom <= round && (leftAfter == null || leftAfter >= round);
        }

        boolean isPresent(int openRound) {
            return leftAfter == null || (leftAfter >= openRound && leftAfter >= activeFrom);
        }

        boolean leaves(int round) {
            return isActive(round) && leftAfter != null && leftAfter == round;
        }

        double next() {
            return pending == null ? weight : pending;
        }
    }

    @BeforeEach
    void createARun() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10, "\"participants\":{\"min\":1}");
        run = plans.named(scene.run).run();
    }

    @AfterEach
    void emptyTheRun() {
        jdbc.update("DELETE FROM member_chain WHERE member_id IN (SELECT id FROM member WHERE run_id = ?)", run);
        jdbc.update("DELETE FROM member WHERE run_id = ?", run);
    }

    /** Fills the run: most members stay, and some leave, a few of them before their first round. */
    private List<Row> fill(boolean wholeWeights) {
        List<Row> rows = new ArrayList<>();
        for (int ordinal = 0; ordinal < MEMBERS; ordinal++) {
            int activeFrom = random.nextInt(ROUNDS);
            Integer leftAfter = random.nextInt(3) > 0
                    ? null
                    : Integer.valueOf(activeFrom - 1 + random.nextInt(ROUNDS - activeFrom));
            Double pending = random.nextInt(4) > 0 ? null : Double.valueOf(weight(wholeWeights));
            rows.add(new Row(activeFrom, leftAfter, weight(wholeWeights), pending));
        }
        insert(rows);
        return rows;
    }

    private double weight(boolean whole) {
        return whole ? 1 + random.nextInt(1000) : random.nextDouble() * 1000;
    }

    private void insert(List<Row> rows) {
        jdbc.batchUpdate(
                "INSERT INTO member (run_id, client_id, ordinal, weight, pending_weight, active_from, left_after,"
                        + " joined_at) VALUES (?, ?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP)",
                IntStream.range(0, rows.size())
                        .mapToObj(ordinal -> {
                            Row row = rows.get(ordinal);
                            return new Object[] {
                                run,
                                "round" + ordinal,
                                ordinal,
                                row.weight(),
                                row.pending(),
                                row.activeFrom(),
                                row.leftAfter()
                            };
                        })
                        .toList());
        jdbc.update(
                "INSERT INTO member_chain (member_id, sequence, head, last_round)"
                        + " SELECT id, 0, 0, -1 FROM member WHERE run_id = ?",
                run);
    }

    private static BitSet where(IntPredicate condition) {
        return IntStream.range(0, MEMBERS).filter(condition).collect(BitSet::new, BitSet::set, BitSet::or);
    }

    @Test
    void setsAndCountsAreThoseOfTheMembershipsOneByOne() {
        List<Row> rows = fill(true);

        for (int k = 0; k <= ROUNDS; k++) {
            int round = k;
            BitSet active = where(i -> rows.get(i).isActive(round));
            assertThat(members.active(run, round))
                    .as("active in round %d", round)
                    .isEqualTo(active);
            assertThat(members.count(run, round)).isEqualTo(active.cardinality());
            assertThat(members.leavers(run, round))
                    .isEqualTo(where(i -> rows.get(i).leaves(round)));
            assertThat(repository.findChanging(run, round))
                    .extracting(Member::ordinal)
                    .containsExactlyElementsOf(where(i -> rows.get(i).leaves(round)
                                    || (rows.get(i).isActive(round)
                                            && rows.get(i).pending() != null))
                            .stream()
                            .boxed()
                            .toList());
        }
        for (int k = -1; k <= ROUNDS; k++) {
            int round = k;
            assertThat(members.present(run, round))
                    .as("present while round %d is open", round)
                    .isEqualTo(where(i -> rows.get(i).isPresent(round)).cardinality());
        }
        assertThat(members.present(List.of(run)).get(run))
                .as("the run is created")
                .isEqualTo(members.present(run, -1));
    }

    @Test
    void aRunWithoutMembersHasNone() {
        assertThat(members.count(run, 0)).isZero();
        assertThat(members.active(run, 0)).isEqualTo(new BitSet());
        assertThat(members.weight(run, 0)).isZero();
        assertThat(members.present(List.of(run)).get(run)).isZero();
    }

    @Test
    void theSumOfWeightsHasTheBitsOfAnAdditionInTheOrderOfTheOrdinals() {
        for (boolean whole : new boolean[] {true, false}) {
            emptyTheRun();
            List<Row> rows = fill(whole);
            for (int round = 0; round < ROUNDS; round++) {
                double sum = 0;
                for (Row row : rows) {
                    if (row.isActive(round) && !row.leaves(round)) {
                        sum += row.next();
                    }
                }
                assertThat(members.weight(run, round)).isEqualTo(sum);
            }
        }
    }

    /** 2^53 + 1 is not a double, so the order matters. */
    @Test
    void wholeWeightsBeyondExactSumsAreAddedInOrderToo() {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(0, null, 0x1p53, null));
        for (int i = 0; i < 3; i++) {
            rows.add(new Row(0, null, 1, null));
        }
        insert(rows);

        assertThat(members.weight(run, 0)).isEqualTo(0x1p53);
    }

    @Test
    void sendersAreThoseThatTakePartInTheRound() {
        insert(List.of(new Row(0, null, 2.5, null), new Row(0, 1, 3, null), new Row(3, null, 4, null)));

        assertThat(members.senders(run, 2, List.of(0, 1, 2, 9)))
                .containsOnlyKeys(0)
                .containsEntry(0, new RoundMembers.Sender("round0", 2.5));
    }

    @Test
    void pendingWeightsTakeEffectAndWaitingMembersAreAdmitted() {
        insert(List.of(
                new Row(0, null, 1, 5.0),
                new Row(0, null, 2, null),
                new Row(2, null, 3, null),
                new Row(2, 1, 4, null)));

        transactions.write(() -> {
            members.settleWeights(repository.findChanging(run, 1));
            members.admit(run, 1);
        });

        List<Member> after = repository.findByRunIdOrderByOrdinal(run);
        assertThat(after).extracting(Member::weight).containsExactly(5.0, 2.0, 3.0, 4.0);
        assertThat(after).extracting(Member::pendingWeight).containsOnlyNulls();
        assertThat(after)
                .as("the last one has left before its first round")
                .extracting(Member::activeFrom)
                .containsExactly(0, 0, 1, 2);
    }
}
