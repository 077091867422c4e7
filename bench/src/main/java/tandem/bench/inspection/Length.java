package tandem.bench.inspection;

/** How long the parts run. */
enum Length {
    /** Tests that everything runs. */
    QUICK(3, 3, 300, 50, 2, 50, 200, 20, 1_000),
    /** For a result. */
    FULL(30, 15, 1_000, 300, 10, 3_000, 2_000, 1_000, 1_000_000);

    private final int rounds;
    private final int int8Rounds;
    private final int turnMilliseconds;
    private final int framesForMemory;
    private final int starts;
    private final int cadenceFrames;
    private final int framesForHeap;
    private final int cycles;
    private final int frames;

    Length(
            int rounds,
            int int8Rounds,
            int turnMilliseconds,
            int framesForMemory,
            int starts,
            int cadenceFrames,
            int framesForHeap,
            int cycles,
            int frames) {
        this.rounds = rounds;
        this.int8Rounds = int8Rounds;
        this.turnMilliseconds = turnMilliseconds;
        this.framesForMemory = framesForMemory;
        this.starts = starts;
        this.cadenceFrames = cadenceFrames;
        this.framesForHeap = framesForHeap;
        this.cycles = cycles;
        this.frames = frames;
    }

    int rounds() {
        return rounds;
    }

    int int8Rounds() {
        return int8Rounds;
    }

    int turnMilliseconds() {
        return turnMilliseconds;
    }

    int framesForMemory() {
        return framesForMemory;
    }

    int starts() {
        return starts;
    }

    /** At least 1,000 frames have a quantile of 99.9 %; slow ones have no more. */
    int cadenceFrames(int intervalMilliseconds) {
        return intervalMilliseconds > 100 ? Math.min(cadenceFrames, 1_000) : cadenceFrames;
    }

    int framesForHeap() {
        return framesForHeap;
    }

    int cycles() {
        return cycles;
    }

    int frames() {
        return frames;
    }
}
