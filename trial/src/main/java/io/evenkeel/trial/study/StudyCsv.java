package io.evenkeel.trial.study;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.Spreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** study.csv: one line for each method at each value of an axis, at its best step. */
final class StudyCsv {

    static final String NAME = "study.csv";

    private StudyCsv() {}

    static void write(StudyResults results, Path file) throws IOException {
        StringBuilder csv = new StringBuilder(
                "topic,axis,value,arm,best_step,target_loss,rounds,final_loss,test_metric,against,result\n");
        results.sweeps().forEach((topic, sweep) -> {
            if (topic != Topic.STEP) {
                String axis = topic.folder() + "," + sweep.axes().get(1).name();
                results.places(topic).forEach(place -> append(csv, axis, place));
            }
        });
        Files.writeString(file, csv);
    }

    private static void append(StringBuilder csv, String axis, Place place) {
        Map<String, Contest> contests =
                place.normalized().stream().collect(Collectors.toMap(Side::arm, side -> place.contest(side.arm())));
        List<Side> sides = Stream.concat(place.plain().stream(), place.normalized().stream())
                .toList();
        Target target = place.target();
        for (Side side : sides) {
            Contest contest = contests.get(side.arm());
            csv.append(axis).append(',').append(place.value()).append(',').append(side.arm());
            csv.append(',').append(side.step()).append(',').append(number(target.value()));
            csv.append(',').append(number(Spreads.median(side.rounds(target))));
            csv.append(',').append(number(side.medianLoss()));
            csv.append(',').append(number(Spreads.median(side.metrics())));
            csv.append(',').append(contest == null ? "" : contest.theirs().arm());
            csv.append(',')
                    .append(contest == null ? "" : contest.result().text())
                    .append('\n');
        }
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "";
    }
}
