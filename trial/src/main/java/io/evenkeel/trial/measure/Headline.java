package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Comparison.Ratio;
import io.evenkeel.trial.result.Summary.Verdict;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers the main questions of a trial: whether compression pays against uncompressed training, and whether
 * normalization avoids the search for a step size. Compares only arms with the same privacy guarantee as the
 * baseline. The best of several arms has the best quality, then the hardest target, then the fewest bytes
 * sent. The cost of a search counts only against an arm without a search: two tuned arms are compared without
 * it.
 */
final class Headline {

    private final Contrasts contrasts;
    private final List<ArmFigures> arms;
    private final List<ArmFigures> otherPrivacy;
    private final String baseline;

    Headline(Contrasts contrasts, List<ArmFigures> arms, String baseline) {
        this.contrasts = contrasts;
        ArmFigures yardstick = arms.stream()
                .filter(arm -> arm.name().equals(baseline))
                .findFirst()
                .orElseThrow();
        this.arms = arms.stream().filter(arm -> arm.isAsPrivateAs(yardstick)).toList();
        this.otherPrivacy =
                arms.stream().filter(arm -> !arm.isAsPrivateAs(yardstick)).toList();
        this.baseline = baseline;
    }

    /** Returns the verdict, without sentences. */
    Verdict verdict() {
        ArmFigures yardstick = yardstick();
        String name = yardstick == null ? null : yardstick.name();
        if (Stream.concat(arms.stream(), otherPrivacy.stream()).anyMatch(ArmFigures::isInterrupted)) {
            return new Verdict(name, "stopped", null, null, null, List.of());
        }
        Contrast compression = yardstick == null ? null : best(ArmFigures::isCompressed, yardstick);
        Contrast withoutSearch = compression == null || !isSearched(compression.arm()) || yardstick == null
                ? null
                : best(arm -> arm.isCompressed() && arm.search() == null, yardstick);
        Contrast normalization = normalization(yardstick);
        String answer = compression == null ? "unmeasured" : answer(compression);
        return new Verdict(name, answer, compression, withoutSearch, normalization, List.of());
    }

    /** Returns the baseline if it is uncompressed, else the first uncompressed arm, preferably with plain steps. */
    private @Nullable ArmFigures yardstick() {
        return first(arm -> !arm.isCompressed() && arm.name().equals(baseline))
                .or(() -> first(arm -> !arm.isCompressed() && arm.isPlain()))
                .or(() -> first(arm -> !arm.isCompressed()))
                .orElse(null);
    }

    private Optional<ArmFigures> first(Predicate<ArmFigures> which) {
        return arms.stream().filter(which).findFirst();
    }

    private boolean isSearched(String name) {
        return arms.stream().anyMatch(arm -> arm.name().equals(name) && arm.search() != null);
    }

    private @Nullable Contrast best(Predicate<ArmFigures> which, ArmFigures other) {
        return arms.stream()
                .filter(arm -> which.test(arm) && !arm.equals(other))
                .map(arm -> new Ranked(arm, contrasts.of(arm, other), other.search() == null))
                .min(Comparator.comparingInt(Ranked::quality)
                        .thenComparingInt(each -> -contrasts.difficulty(each.contrast))
                        .thenComparingDouble(Ranked::bytes))
                .map(Ranked::contrast)
                .orElse(null);
    }

    private record Ranked(ArmFigures arm, Contrast contrast, boolean countsSearch) {

        int quality() {
            return switch (contrast.quality()) {
                case QualityJudge.BETTER, QualityJudge.NOT_WORSE -> 0;
                case QualityJudge.UNCLEAR -> 1;
                default -> 2;
            };
        }

        /**
         * Returns the bytes sent to the target, including the search if it counts; all bytes sent if there is no
         * target.
         */
        double bytes() {
            ArmSummary.Search search = arm.search();
            double searching = search == null || !countsSearch ? 0 : search.uplinkBytes();
            return searching
                    + (contrast.target() == null
                            ? arm.median(run -> run.last(TrajectoryPoint::uplinkBytes))
                            : Spreads.median(arm.at(Target.parse(contrast.target()), TrajectoryPoint::uplinkBytes)));
        }
    }

    /** Compares the best normalized arm with the best plain one. */
    private @Nullable Contrast normalization(@Nullable ArmFigures yardstick) {
        return opponent(yardstick)
                .map(each -> best(arm -> arm.isCompressed() && arm.isNormalized(), each))
                .orElse(null);
    }

    /**
     * Returns the compressed plain arm to compare normalized ones with: EF21 with a searched step size, else the best
     * arm with a given step size.
     */
    private Optional<ArmFigures> opponent(@Nullable ArmFigures yardstick) {
        Predicate<ArmFigures> plain = arm -> arm.isCompressed() && arm.isPlain();
        Optional<ArmFigures> searched = first(arm -> plain.test(arm) && arm.search() != null);
        Optional<ArmFigures> given = first(plain);
        if (searched.isPresent() || given.isEmpty()) {
            return searched;
        }
        Contrast best = best(plain, yardstick == null ? given.get() : yardstick);
        return best == null || (yardstick == null && !best.quality().equals(QualityJudge.BETTER))
                ? given
                : first(arm -> arm.name().equals(best.arm()));
    }

    private static String answer(Contrast contrast) {
        Ratio uplink = contrast.uplink();
        String bytes = uplink == null ? "unclear" : uplink.sign();
        return switch (contrast.quality()) {
            case "worse" -> "fewer".equals(bytes) ? "costs-quality" : "does-not-pay";
            case "unclear" -> "unclear";
            default ->
                switch (bytes) {
                    case "fewer" -> "pays";
                    case "unclear" -> "unclear";
                    default -> "does-not-pay";
                };
        };
    }
}
