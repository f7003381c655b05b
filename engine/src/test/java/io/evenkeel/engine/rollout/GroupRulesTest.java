package io.evenkeel.engine.rollout;

import org.junit.jupiter.api.Test;

/** Transcripts of roll-outs, as {@link PlayedRollout} explains. */
class GroupRulesTest {

    private static final String ACCURACY = " \"metrics\": [{\"name\": \"accuracy\", \"margin\": 0.02}],";

    private final PlayedRollout rollout = new PlayedRollout();

    @Test
    void bringsAVersionGroupByGroup() {
        rollout.check("""
                devices 8
                create "groups": [{"name": "first", "devices": 2}, {"share": 1}], "reports": 2 -> running: started; group_opened 1 (2 devices)
                ask 1-8 -> 2 get version 2
                installed 1
                move -> running
                installed 2
                move -> running: group_passed 1 (group 'first' has passed); group_opened 2 (8 devices)
                ask 1-8 -> 8 get version 2
                installed 3-5
                move -> finished: group_passed 2 (group 2 has passed); finished
                """);
    }

    @Test
    void operatorsPauseResumeSkipAndStop() {
        rollout.check("""
                devices 4
                create "approval": true, "groups": [{"devices": 1}, {"devices": 2}, {"share": 1}] -> waiting: waiting
                ask 1-4 -> 0 get version 2
                skip -> rollout-state: roll-out r is waiting: it is not in progress
                approve -> running: started; group_opened 1 (1 devices; it adds 1 devices seen within 7d and needs 10 reports: it cannot pass unless more devices join)
                approve -> rollout-state: roll-out r is running: it waits for no approval
                ask 1-4 -> 1 get version 2
                resume -> rollout-state: roll-out r is running: it is not paused
                pause look first -> paused: paused 1 (look first)
                ask 1-4 -> 1 get version 2
                pause -> rollout-state: roll-out r is paused: it is not running
                resume -> running: resumed 1
                skip -> running: group_skipped 1; group_opened 2 (2 devices; it adds 1 devices seen within 7d and needs 10 reports: it cannot pass unless more devices join)
                ask 1-4 -> 2 get version 2
                pause -> paused: paused 2 (an operator has paused it)
                skip -> running: group_skipped 2; group_opened 3 (4 devices; it adds 2 devices seen within 7d and needs 10 reports: it cannot pass unless more devices join)
                ask 1-4 -> 4 get version 2
                stop -> stopped: stopped 3 (an operator has stopped it)
                ask 1-4 -> 0 get version 2
                stop -> rollout-state: roll-out r is stopped: it is over
                """);
    }

    @Test
    void stopsWhenTooManyDevicesFail() {
        rollout.check("""
                devices 8
                create "groups": [{"devices": 4}, {"share": 1}], "reports": 4, "error": 0.25 -> running: started; group_opened 1 (4 devices)
                ask 1-8 -> 4 get version 2
                failed 1
                move -> running
                ask 1-8 -> 3 get version 2
                failed 2
                move -> stopped: stopped 1 (group 1: 2 of 2 devices that reported have failed, more than the share 0.25)
                ask 1-8 -> 0 get version 2
                """);
    }

    @Test
    void aPausedRollOutStillStopsForFailures() {
        rollout.check("""
                devices 1
                create "groups": [{"share": 1}], "reports": 1, "error": 0 -> running: started; group_opened 1 (1 devices)
                ask 1 -> 1 get version 2
                pause -> paused: paused 1 (an operator has paused it)
                failed 1
                move -> stopped: stopped 1 (group 1: 1 of 1 devices that reported have failed, more than the share 0.0)
                """);
    }

    @Test
    void stopsWhenAMetricIsInferior() {
        rollout.check("""
                devices 6
                create%s "groups": [{"share": 1}], "reports": 6 -> running: started; group_opened 1 (6 devices)
                installed 1-6 0.6 0.5 0.001
                move -> stopped: accuracy is inferior on 6 devices; stopped 1 (group 1: metric 'accuracy' is inferior: -0.09750 (-0.09946 to -0.09554, 6 devices), margin 0.02)
                """.formatted(ACCURACY));
    }

    @Test
    void pausesWhenTheFirstDevicesOfAGroupAreWorseAndTheOthersAreOffline() {
        rollout.check("""
                devices 6
                create%s "groups": [{"share": 1}], "reports": 6 -> running: started; group_opened 1 (6 devices)
                ask 1-3 -> 3 get version 2
                installed 1 0.91 0.19
                move -> running
                installed 2 0.90 0.17
                move -> paused: accuracy is early-inferior on 2 devices; paused 1 (group 1: metric 'accuracy' looks inferior before there are enough devices: -0.7250 (-0.9047 to -0.5453, 2 devices), margin 0.02)
                lacks -> it has 2 of 6 reports; of its 6 devices 1 have the version and have not reported, and 3 have not requested it; metric 'accuracy' looks inferior before there are enough devices: -0.7250 (-0.9047 to -0.5453, 2 devices), margin 0.02
                warnings -> metric 'accuracy' is worse so far: -0.7250 in the mean of 2 devices, margin 0.02
                ask 1-6 -> 3 get version 2
                """.formatted(ACCURACY));
    }

    @Test
    void pausesEarlyOnceAndLaterDevicesOverruleIt() {
        rollout.check("""
                devices 8
                create%s "groups": [{"share": 1}], "reports": 8 -> running: started; group_opened 1 (8 devices)
                installed 1-2 0.70 0.65
                move -> running: accuracy is undecided on 2 devices
                installed 1-3 0.70 0.45
                move -> paused: accuracy is early-inferior on 3 devices; paused 1 (group 1: metric 'accuracy' looks inferior before there are enough devices: -0.2500 (-0.3383 to -0.1617, 3 devices), margin 0.02)
                resume -> running: resumed 1
                installed 4-5 0.70 0.45
                move -> running
                installed 1-8 0.70 0.71
                move -> finished: accuracy is non-inferior on 8 devices; group_passed 1 (group 1 has passed); finished
                """.formatted(ACCURACY));
    }

    @Test
    void needsReportsFromHalfOfItsLiveDevices() {
        rollout.check("""
                devices 24 away 1-12
                create "groups": [{"share": 1}], "reports": 4 -> running: started; group_opened 1 (24 devices, 12 of them seen within 7d)
                installed 13-16
                move -> running
                lacks -> it has 4 of 6 reports; of its 12 devices 0 have the version and have not reported, and 8 have not requested it
                installed 17-18
                move -> finished: group_passed 1 (group 1 has passed); finished
                """);
    }

    @Test
    void choosesANumberOfDevicesAmongTheLivingAndCountsThoseThatEachGroupAdds() {
        rollout.check("""
                devices 12 away 1-6
                create "groups": [{"devices": 2}, {"devices": 6}, {"share": 1}], "reports": 1, "seenWithin": "PT1H" -> running: started; group_opened 1 (8 devices, 2 of them seen within 1h)
                ask 7-12 -> 2 get version 2
                skip -> running: group_skipped 1; group_opened 2 (12 devices, 6 of them seen within 1h)
                skip -> running: group_skipped 2; group_opened 3 (12 devices, 6 of them seen within 1h; it adds 0 devices seen within 1h and needs 1 reports: it cannot pass unless more devices join)
                warnings -> it adds 0 devices seen within 1h and needs 1 reports: it cannot pass unless more devices join
                """);
    }

    @Test
    void passesWhenAMetricIsNonInferiorAndWaitsWhileItIsNotKnown() {
        rollout.check("""
                devices 8
                create%s "groups": [{"share": 1}], "reports": 4 -> running: started; group_opened 1 (8 devices)
                installed 1-4 0.7 0.67 0.03
                move -> running: accuracy is undecided on 4 devices
                installed 5-8 0.7 0.73
                move -> finished: accuracy is non-inferior on 8 devices; group_passed 1 (group 1 has passed); finished
                """.formatted(ACCURACY));
    }

    @Test
    void stopsByTheReportsOfSlowDevicesAfterTheFastOnesWereNonInferior() {
        rollout.check("""
                devices 12
                create%s "groups": [{"share": 1}], "reports": 4, "coverage": 1 -> running: started; group_opened 1 (12 devices)
                installed 1-4 0.7 0.71
                move -> running: accuracy is non-inferior on 4 devices
                installed 5-12 0.7 0.4
                move -> stopped: accuracy is inferior on 12 devices; stopped 1 (group 1: metric 'accuracy' is inferior: -0.1967 (-0.3209 to -0.07241, 12 devices), margin 0.02)
                """.formatted(ACCURACY));
    }

    /** There are too few reports for another look, but the rules take one because the group would pass. */
    @Test
    void doesNotPassByAnOldLook() {
        rollout.check("""
                devices 6
                create%s "groups": [{"share": 1}], "reports": 4, "coverage": 1 -> running: started; group_opened 1 (6 devices)
                installed 1-4 0.7 0.71
                move -> running: accuracy is non-inferior on 4 devices
                installed 5-6 0.7 0.4
                move -> running: accuracy is undecided on 6 devices
                """.formatted(ACCURACY));
    }

    @Test
    void reportsWithoutThePreviousVersionAreNotPairs() {
        rollout.check("""
                devices 3
                create%s "groups": [{"share": 1}], "reports": 2 -> running: started; group_opened 1 (3 devices)
                installed 1-3 - 1
                move -> running
                lacks -> metric 'accuracy' is not yet known: no device has reported it for both versions
                """.formatted(ACCURACY));
    }

    @Test
    void appliesItsRuleWhenItTimesOut() {
        rollout.check("""
                devices 2
                create "groups": [{"share": 1}], "groupTime": "PT1H" -> running: started; group_opened 1 (2 devices; it adds 2 devices seen within 7d and needs 10 reports: it cannot pass unless more devices join)
                at 59m
                move -> running
                at 60m
                move -> paused: paused 1 (group 1 did not pass in time: it has 0 of 10 reports; of its 2 devices 0 have the version and have not reported, and 2 have not requested it)
                """);
        new PlayedRollout().check("""
                create "groups": [{"share": 1}], "groupTime": "PT1H", "onTimeout": "stop" -> running: started; group_opened 1 (0 devices; it adds 0 devices seen within 7d and needs 10 reports: it cannot pass unless more devices join)
                at 60m
                move -> stopped: stopped 1 (group 1 did not pass in time: it has 0 of 10 reports; of its 0 devices 0 have the version and have not reported, and 0 have not requested it)
                """);
        new PlayedRollout().check("""
                create "groups": [{"share": 1}], "groupTime": "PT1H", "onTimeout": "continue" -> running: started; group_opened 1 (0 devices; it adds 0 devices seen within 7d and needs 10 reports: it cannot pass unless more devices join)
                at 60m
                move -> finished: group_passed 1 (group 1 did not pass in time: it has 0 of 10 reports; of its 0 devices 0 have the version and have not reported, and 0 have not requested it); finished
                """);
    }

    @Test
    void keepsAGroupOpenForItsMinimumTime() {
        rollout.check("""
                devices 1
                create "groups": [{"share": 1}], "reports": 1, "minTime": "PT10M" -> running: started; group_opened 1 (1 devices)
                installed 1
                at 599s
                move -> running
                at 600s
                move -> finished: group_passed 1 (group 1 has passed); finished
                """);
    }
}
