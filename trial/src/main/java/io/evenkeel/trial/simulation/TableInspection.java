package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.table.Table;
import io.evenkeel.trial.table.TableChoices;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Completes the settings of a table from its content, so that experiment.yaml contains them: the label, the role of
 * each column, and the loss.
 */
public final class TableInspection {

    private TableInspection() {}

    /**
     * Inspects the table of a draft, if its data is a table.
     *
     * @return the completed draft; the draft itself for other data
     * @throws DataException if the file cannot be used
     * @throws IllegalArgumentException if a setting of its data is impossible
     */
    public static ExperimentDraft complete(ExperimentDraft draft) {
        DataSettings data = draft.dataSettings();
        if (!"csv".equals(data.source())) {
            return draft;
        }
        Table table = open(data);
        return draft.withTable(table.label(), table.roles(), table.suitableLoss());
    }

    static Table open(DataSettings data) {
        Map<String, String> roles = data.preparation().columns();
        return Table.open(
                Path.of(Objects.requireNonNull(data.file())),
                new TableChoices(data.labelColumn(), data.splitColumn(), roles == null ? Map.of() : roles));
    }
}
