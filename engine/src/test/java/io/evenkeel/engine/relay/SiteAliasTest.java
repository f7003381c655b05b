package io.evenkeel.engine.relay;

import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.relay.SiteAlias.Following;
import io.evenkeel.engine.relay.SiteAlias.Step;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SiteAliasTest {

    /**
     * Plays a transcript. Each line has the version of the alias here; the roll-outs here, each with the upstream one
     * that it follows, its version and whether it is {@code active} or {@code over}; and, after a bar, either the
     * version of the upstream alias or the upstream roll-out with its baseline and state. A dash stands for none.
     */
    private static void check(String transcript) {
        Transcript.check(transcript, line -> {
            String[] sides = line.split(" +\\| +", -1);
            String[] words = sides[0].split(" +", -1);
            String[] above = sides[1].split(" ", -1);
            OptionalInt version =
                    "-".equals(words[0]) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(words[0]));
            SiteAlias alias = new SiteAlias(version, find(words, "active", null));
            List<Step> steps = above.length == 1
                    ? alias.settle(Integer.parseInt(above[0]))
                    : alias.follow(
                            above[0],
                            Integer.parseInt(above[1]),
                            "running".equals(above[2]),
                            find(words, null, above[0]));
            return steps.isEmpty()
                    ? "nothing"
                    : steps.stream().map(SiteAliasTest::text).collect(Collectors.joining(", "));
        });
    }

    private static @Nullable Following find(String[] words, @Nullable String state, @Nullable String upstream) {
        for (int i = 1; i < words.length; i++) {
            String[] parts = words[i].split(":", -1);
            if (parts.length == 3
                    && (state == null || state.equals(parts[2]))
                    && (upstream == null || upstream.equals(parts[0]))) {
                return new Following(
                        "site-" + parts[0], parts[0], Integer.parseInt(parts[1]), "over".equals(parts[2]), null);
            }
        }
        return null;
    }

    private static String text(Step step) {
        if (step instanceof SiteAlias.PointTo to) {
            return "point to " + to.version();
        } else if (step instanceof SiteAlias.Pause pause) {
            return "pause " + pause.rollout();
        } else if (step instanceof SiteAlias.Resume resume) {
            return "resume " + resume.rollout();
        } else if (step instanceof SiteAlias.Stop stop) {
            return "stop " + stop.rollout() + " since " + stop.why();
        } else if (step instanceof SiteAlias.Finish finish) {
            return "finish " + finish.rollout();
        }
        return "create";
    }

    @Test
    void followsARolloutFromItsStartToItsEnd() {
        check("""
                1 -          | 1               -> point to 1
                1 -          | r 1 running     -> create
                1 r:2:active | r 1 running     -> resume site-r
                1 r:2:active | r 1 paused      -> pause site-r
                1 r:2:active | 2               -> finish site-r, point to 2
                2 r:2:over   | 2               -> point to 2
                """);
    }

    @Test
    void returnsToTheUpstreamVersionAfterARolloutThatWasStopped() {
        check("""
                1 r:2:active | 1 -> stop site-r since the roll-out above is over, and its alias points to version 1, point to 1
                1 r:2:over   | 1 -> point to 1
                """);
    }

    @Test
    void startsFromTheUpstreamBaselineAndOnlyWhileTheRolloutIsRunning() {
        check("""
                - - | r 1 running -> point to 1, create
                3 - | r 1 paused  -> point to 1
                1 - | r 1 paused  -> nothing
                """);
    }

    @Test
    void aRolloutThatTheSiteStoppedIsNotCreatedAgain() {
        check("""
                1 r:2:over | r 1 running -> nothing
                """);
    }

    @Test
    void anotherRolloutReplacesTheActiveOne() {
        check("""
                1 r:2:active          | s 1 running -> stop site-r since another roll-out above has replaced it, create
                1 r:2:over s:3:active | s 1 running -> resume site-s
                1 r:2:active s:3:over | s 1 running -> stop site-r since another roll-out above has replaced it
                """);
    }
}
