package io.evenkeel.engine.secagg;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds devices that send wrong shares, or lie about those of others, if the shares of a single cohort, such as one of
 * fewer than ten devices, do not show which of the two happened.
 *
 * <p>A suspicion is a set of devices that would explain all evidence if they were hostile. A lost round refutes each
 * suspicion without a device in its cohort. So excluding one suspicion after another from cohorts finds the
 * hostile devices, regardless of their behaviour: either the round has a sum, or fewer suspicions remain.
 * After a lost round the devices accused in it are excluded, so devices that do not change their behaviour
 * spoil at most every second round.
 *
 * <p>A device is proven hostile if it is in every suspicion, and a round without it had a sum. A single lost round may
 * be an accident, and proves nothing. Pairs of devices are also considered if several devices were accused and two can
 * be excluded. Immutable; performs no I/O.
 */
public final class CohortSuspects {

    /** Limits the search; evidence that takes longer proves nothing. */
    private static final int MAX_STEPS = 200_000;

    private static final int MAX_PAIRED = 2;

    /**
     * The number of rounds with sums after which no device is excluded until the next lost round, because the last one
     * may have been an accident.
     */
    private static final int MAX_ROUNDS_OF_TURNS = 20;

    /** Larger cohorts have enough spare shares. */
    private static final int MAX_INVOLVED = 64;

    /**
     * A fact about a cohort that helps to find the devices that send wrong shares. Devices are named by their
     * identities.
     *
     * @param round the round
     * @param hasSum whether the cohort nevertheless had a sum
     * @param owner the device whose shares were wrong or missing; empty if there was none
     * @param others with an owner, the devices of which at least {@code needed} are hostile if the owner is not;
     *     without an owner, the suspects that were excluded from this cohort
     * @param needed the minimum number of hostile devices among them
     */
    public record Evidence(int round, boolean hasSum, String owner, Set<String> others, int needed) {

        public Evidence {
            others = Set.copyOf(others);
        }

        /** Returns whether the round was lost because of a device's shares. */
        boolean isLoss() {
            return !hasSum && !owner.isEmpty();
        }

        /** Returns the evidence that remains to be explained apart from devices that are known to be hostile. */
        Evidence without(Set<String> known) {
            Set<String> rest = new TreeSet<>(others);
            rest.removeAll(known);
            return new Evidence(round, hasSum, owner, rest, needed - (others.size() - rest.size()));
        }

        /** Returns whether hostile devices explain it. */
        boolean isExplainedBy(Set<String> hostile) {
            return owner.isEmpty()
                    || hostile.contains(owner)
                    || others.stream().filter(hostile::contains).count() >= needed;
        }
    }

    private final List<Evidence> losses;
    private final List<Evidence> sums;
    private final int colluding;

    /**
     * @param evidence the evidence of a run
     * @param known the devices that are known to be hostile
     * @param colluding the number of devices that may be hostile according to the run, including the known
     *     ones; at least one more is assumed
     */
    public CohortSuspects(Collection<Evidence> evidence, Set<String> known, int colluding) {
        this.losses = evidence.stream()
                .filter(fact -> fact.isLoss() && !fact.isExplainedBy(known))
                .map(fact -> fact.without(known))
                .toList();
        this.sums = evidence.stream().filter(Evidence::hasSum).toList();
        this.colluding = Math.max(1, colluding - known.size());
    }

    /** Returns whether there are lost rounds that no known device explains. */
    public boolean isOpen() {
        return !losses.isEmpty();
    }

    /** Returns the devices that are involved in these rounds. */
    public Set<String> involved() {
        Set<String> all = new TreeSet<>(accused(losses));
        losses.forEach(loss -> all.addAll(loss.others()));
        return all;
    }

    /**
     * Returns the devices that are proven hostile.
     *
     * @param spare the number of devices that a cohort can do without
     */
    Set<String> proven(int spare) {
        Set<String> found = new TreeSet<>();
        if (isSearchable()) {
            int size = size(spare);
            for (String device : involved()) {
                if (lostWith(device).size() > 1
                        && hadSumWithout(Set.of(device))
                        && !new Search(Set.of(device)).explains(Set.of(), size)) {
                    found.add(device);
                }
            }
        }
        return found;
    }

    /**
     * Returns the devices that the next cohort excludes.
     *
     * @param present the devices that could be in the cohort
     * @param spare the number of them that it can do without
     * @param round the number of the round, which decides whose turn it is
     */
    Set<String> leftOut(Set<String> present, int spare, int round) {
        if (spare < 1 || !isSearchable()) {
            return Set.of();
        }
        int last = losses.stream().mapToInt(Evidence::round).max().orElseThrow();
        if (round - last > MAX_ROUNDS_OF_TURNS) {
            return Set.of();
        }
        Set<String> likely = likely(present, spare);
        if (lostBefore(round) % 2 == 1 && !likely.isEmpty()) {
            return likely;
        }
        List<Set<String>> suspicions = suspicions(size(spare)).stream()
                .map(suspicion -> common(suspicion, present))
                .filter(suspicion -> !suspicion.isEmpty() && suspicion.size() <= spare)
                .distinct()
                .toList();
        if (suspicions.isEmpty()) {
            return likely;
        }
        if (suspicions.size() == 1 && lostBefore(round) == 0) {
            // Its first round may have been an accident; another lost one proves that it was not.
            return Set.of();
        }
        int turn = round % suspicions.size();
        Set<String> chosen = new TreeSet<>(suspicions.get(turn));
        if (common(chosen, likely).isEmpty()) {
            // If this round is lost too, all of these are refuted at once.
            for (int i = 1; i < suspicions.size(); i++) {
                Set<String> next = suspicions.get((turn + i) % suspicions.size());
                Set<String> both = new TreeSet<>(chosen);
                both.addAll(next);
                if (both.size() <= spare && common(next, likely).isEmpty()) {
                    chosen = both;
                }
            }
        }
        return chosen;
    }

    /**
     * A choice among the members that could be in a cohort, by ordinal.
     *
     * @param leftOut the excluded members
     * @param proven the excluded members that are proven hostile, with the lost rounds in which they were involved
     */
    public record Choice(Set<Integer> leftOut, Map<Integer, Set<Integer>> proven) {}

    /**
     * Chooses which members a cohort excludes.
     *
     * @param present the ordinals of the devices that could be in it
     * @param spare the number of them that it can do without
     * @param round the number of the round
     */
    public Choice choose(Map<String, Integer> present, int spare, int round) {
        if (!isOpen()) {
            return new Choice(Set.of(), Map.of());
        }
        Map<Integer, Set<Integer>> proven = proven(spare).stream()
                .filter(present::containsKey)
                .collect(Collectors.toMap(present::get, this::lostWith));
        Set<Integer> leftOut = proven.isEmpty()
                ? leftOut(present.keySet(), spare, round).stream()
                        .map(present::get)
                        .collect(Collectors.toSet())
                : proven.keySet();
        return new Choice(leftOut, proven);
    }

    /** Returns the lost rounds in which a device is involved. */
    Set<Integer> lostWith(String device) {
        return losses.stream()
                .filter(loss -> loss.owner().equals(device) || loss.others().contains(device))
                .map(Evidence::round)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isSearchable() {
        return isOpen() && involved().size() <= MAX_INVOLVED;
    }

    /** Returns the maximum number of devices in a suspicion. */
    private int size(int spare) {
        int several = Math.min(Math.min(accused(losses).size(), MAX_PAIRED), spare);
        int size = Math.min(MAX_PAIRED, Math.max(colluding, several));
        while (size < MAX_PAIRED && !new Search(Set.of()).explains(Set.of(), size)) {
            size++;
        }
        return size;
    }

    /** Returns the number of consecutive lost rounds before a given one. */
    private int lostBefore(int round) {
        Set<Integer> lost = losses.stream().map(Evidence::round).collect(Collectors.toSet());
        int count = 0;
        while (lost.contains(round - 1 - count)) {
            count++;
        }
        return count;
    }

    /**
     * Returns the devices without which a round most likely has a sum: the accused devices, or those that may have
     * accused all of them. Prefers sets without which a round had a sum, then smaller ones. Empty if a cohort cannot do
     * without them.
     */
    private Set<String> likely(Set<String> present, int spare) {
        Set<String> accused = accused(losses);
        Set<String> accusing = new TreeSet<>(involved());
        accusing.removeIf(device -> accused.contains(device) || !isExplainedBy(Set.of(device)));
        return Stream.of(common(accused, present), common(accusing, present))
                .filter(some -> !some.isEmpty() && some.size() <= spare)
                .min(Comparator.<Set<String>, Boolean>comparing(some -> !hadSumWithout(some))
                        .thenComparing(Set::size))
                .orElse(Set.of());
    }

    /** Returns whether a cohort without some devices had a sum after one was lost. */
    public boolean hadSumWithout(Set<String> devices) {
        return sums.stream()
                .anyMatch(sum -> sum.owner().isEmpty() && sum.others().containsAll(devices));
    }

    private static Set<String> accused(List<Evidence> facts) {
        Set<String> owners = new TreeSet<>();
        facts.forEach(fact -> owners.add(fact.owner()));
        return owners;
    }

    private static Set<String> common(Set<String> some, Set<String> others) {
        Set<String> both = new TreeSet<>(some);
        both.retainAll(others);
        return both;
    }

    /** Returns the smallest sets of up to a number of devices that explain all lost rounds. */
    private List<Set<String>> suspicions(int size) {
        List<Set<String>> found = new ArrayList<>();
        List<String> all = List.copyOf(involved());
        for (String device : all) {
            if (isExplainedBy(Set.of(device))) {
                found.add(Set.of(device));
            }
        }
        if (size < MAX_PAIRED) {
            return found;
        }
        List<Set<String>> single = List.copyOf(found);
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                Set<String> pair = Set.of(all.get(i), all.get(j));
                if (single.stream().noneMatch(pair::containsAll) && isExplainedBy(pair)) {
                    found.add(pair);
                }
            }
        }
        return found;
    }

    private boolean isExplainedBy(Set<String> hostile) {
        return losses.stream().allMatch(loss -> loss.isExplainedBy(hostile));
    }

    /** Searches for hostile devices that explain all lost rounds. */
    private final class Search {

        private final Set<String> innocent;
        private int steps;

        /** @param innocent devices that are not hostile */
        Search(Set<String> innocent) {
            this.innocent = innocent;
        }

        /**
         * Returns whether some devices, plus at most a number of others, explain everything; true if finding
         * out takes too long.
         */
        boolean explains(Set<String> hostile, int more) {
            return explains(hostile, innocent, more);
        }

        private boolean explains(Set<String> hostile, Set<String> excluded, int more) {
            if (++steps > MAX_STEPS) {
                return true;
            }
            Optional<Evidence> open =
                    losses.stream().filter(loss -> !loss.isExplainedBy(hostile)).findFirst();
            if (open.isEmpty() || more == 0) {
                return open.isEmpty();
            }
            Evidence loss = open.get();
            Set<String> tried = new HashSet<>(excluded);
            if (tried.add(loss.owner()) && explains(with(hostile, loss.owner()), tried, more - 1)) {
                return true;
            }
            // The owner is not hostile.
            long missing = loss.needed()
                    - loss.others().stream().filter(hostile::contains).count();
            if (missing > more) {
                return false;
            }
            for (String other : new TreeSet<>(loss.others())) {
                if (!hostile.contains(other) && tried.add(other) && explains(with(hostile, other), tried, more - 1)) {
                    return true;
                }
            }
            return false;
        }

        private Set<String> with(Set<String> hostile, String device) {
            Set<String> more = new HashSet<>(hostile);
            more.add(device);
            return more;
        }
    }
}
