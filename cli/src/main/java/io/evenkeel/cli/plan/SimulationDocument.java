package io.evenkeel.cli.plan;

import io.evenkeel.trial.fleet.Forecast;
import io.evenkeel.trial.fleet.RoundLog;
import io.evenkeel.trial.fleet.RunSimulation;
import io.evenkeel.trial.fleet.SimulationSettings;
import io.evenkeel.trial.fleet.TrafficLog;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a simulation's figures for programs. */
final class SimulationDocument {

    private SimulationDocument() {}

    static ObjectNode of(Forecast forecast, SimulationAdvice advice) {
        RunSimulation.Result result = forecast.result();
        SimulationSettings settings = forecast.settings();
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.putObject("fleet")
                .put("devices", result.devices())
                .put("members", result.members())
                .put("seed", settings.seed());
        ObjectNode rounds = document.putObject("rounds")
                .put("closed", result.rounds().closed())
                .put("stuck", result.isStuck())
                .put("simulatedSeconds", result.seconds())
                .put("perHour", forecast.roundsPerHour());
        put(rounds.putObject("seconds"), forecast.seconds());
        put(rounds.putObject("asked"), forecast.asked());
        put(rounds.putObject("answered"), forecast.answered());
        ObjectNode endings = rounds.putObject("endings");
        forecast.endings().forEach((ending, count) -> endings.put(ending.name().toLowerCase(Locale.ROOT), count));
        rounds.put("extendedShare", forecast.extendedShare());
        RoundLog log = result.rounds();
        document.putObject("messages")
                .put("begun", log.sum(log::begun))
                .put("accepted", log.sum(log::accepted))
                .put("late", log.sum(log::late))
                .put("lost", log.sum(log::lost));
        document.putObject("bytes")
                .put("message", settings.messageBytes())
                .put("model", settings.modelBytes())
                .put("update", settings.updateBytes())
                .put("uploadedInRound", Math.round(forecast.uploadedInRound()))
                .put("downloadedInRound", Math.round(forecast.downloadedInRound()));
        document.putObject("coordinator")
                .put("checkInsPerSecond", forecast.checkInsPerSecond())
                .put("checkInsPerSecondInBusiestMinute", forecast.mostCheckInsPerSecond())
                .put("messagesPerSecond", forecast.messagesPerSecond())
                .put("messagesInBusiestSecond", forecast.mostMessagesPerSecond());
        ArrayNode hours = document.putArray("hours");
        for (Forecast.Hour hour : forecast.hours()) {
            hours.addObject()
                    .put("fromSeconds", hour.part() * (result.cycle() / 1000.0) / TrafficLog.PARTS)
                    .put("online", hour.online())
                    .put("rounds", hour.rounds())
                    .put("seconds", hour.seconds())
                    .put("answered", hour.answered())
                    .put("checkInsPerSecond", hour.checkInsPerSecond())
                    .put("messagesPerSecond", hour.messagesPerSecond());
        }
        advice.write(document.putObject("advice"));
        return document;
    }

    private static void put(ObjectNode node, Forecast.Spread spread) {
        node.put("p10", spread.low()).put("p50", spread.median()).put("p90", spread.high());
    }
}
