package tandem.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.model.network.NetworkSettings;
import tandem.model.train.TrainingSettings;

class SettingsJsonTest {

    private static final NetworkSettings NETWORK =
            NetworkSettings.small(List.of("pit"), List.of("scratch", "stain"), 256);

    private static String error(String text) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> SettingsJson.read("run.json", text, NetworkSettings.class))
                .getMessage();
    }

    @Test
    void networkSettingsAreThisText() {
        String text =
                "{\"encoder\":\"resnet18\",\"encoderChannels\":32,\"stemPooling\":true,\"neck\":\"fpn\",\"neckChannels\":64,"
                        + "\"segmentation\":\"light\",\"segmentationChannels\":64,\"boxClasses\":[\"pit\"],"
                        + "\"maskClasses\":[\"scratch\",\"stain\"],\"inputSide\":256,\"anchorBase\":24.0}";
        assertEquals(text, SettingsJson.write(NETWORK));
        assertEquals(NETWORK, SettingsJson.read("run.json", text, NetworkSettings.class));
    }

    @Test
    void trainingSettingsComeBack() {
        TrainingSettings settings = TrainingSettings.standard();
        String text = SettingsJson.write(settings);
        assertTrue(text.contains("\"matching\":\"iou\"") && text.contains("\"boxLoss\":\"balancedL1\""), text);
        assertEquals(settings, SettingsJson.read("run.json", text, TrainingSettings.class));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        String good = SettingsJson.write(NETWORK);
        assertTrue(error(good.replace("\"inputSide\":256,", "")).contains("inputSide"));
        assertTrue(error(good.replace("{", "{\"inputSize\":1,")).contains("inputSize"));
        assertTrue(error(good.replace("256", "250")).contains("multiple of 32"));
        assertTrue(error(good.replace("resnet18", "resnet19")).contains("resnet19"));
        assertTrue(error(good.replace("256", "null")).contains("null"));
        assertTrue(error(good.substring(0, 40)).startsWith("run.json: "));
        assertTrue(error(null).startsWith("run.json: "));
    }
}
