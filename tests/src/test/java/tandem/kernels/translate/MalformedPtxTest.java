package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

/** Text that was cut or damaged somewhere is translated or refused with a PtxException; nothing else happens. */
class MalformedPtxTest {

    private static final String CHARACTERS = "0123456789abcdef%.,;[]{}()<>@!|+-xrpdu_\n ";

    private static String damage(String text, SplittableRandom random) {
        StringBuilder damaged = new StringBuilder(text);
        switch (random.nextInt(4)) {
            case 0 -> damaged.setLength(random.nextInt(text.length()));
            case 1 -> {
                for (int i = 0; i < 3; i++) {
                    damaged.deleteCharAt(random.nextInt(damaged.length()));
                }
            }
            case 2 -> {
                for (int i = 0; i < 3; i++) {
                    damaged.setCharAt(
                            random.nextInt(text.length()), CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
                }
            }
            default -> {
                int from = random.nextInt(text.length() - 20);
                damaged.insert(random.nextInt(text.length()), text, from, from + random.nextInt(1, 20));
            }
        }
        return damaged.toString();
    }

    @Test
    void damagedTextIsTranslatedOrRefused() {
        SplittableRandom random = new SplittableRandom(20);
        List<String> names = List.of(
                "add.f32",
                "atom.shared.u32",
                "bra",
                "bar.sync",
                "ld.const",
                "ld.param",
                "st.param",
                "shfl.sync",
                "mov.pack",
                "fields.b32",
                "trap");
        int refused = 0;
        for (CorpusFile file : CorpusFile.all()) {
            for (int i = 0; i < 30 && names.contains(file.name().replace(".ptx", "")); i++) {
                String text = damage(file.text(), random);
                try {
                    PtxModule module = PtxModule.parse(file.name(), text);
                    for (PtxEntry entry : module.entries()) {
                        Translator.translate(module, entry.name(), i % 4 == 0 ? Mode.CHECKED : Mode.FAST);
                    }
                } catch (PtxException e) {
                    assertTrue(e.getMessage().startsWith(file.name() + ":"), e.getMessage());
                    refused++;
                }
            }
        }
        assertTrue(refused > 100, refused + " were refused");
    }
}
