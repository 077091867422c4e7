package tandem.kernels.translate.machine;

/** What a warp does with matrices whose elements its lanes hold. */
public sealed interface MatrixOperation permits MatrixProduct, MatrixLoad {

    /** Offset in a thread's record of the registers that it hands over and gets, 8 bytes each. */
    int REGISTERS = Suspension.BYTES;

    /** Registers that a lane hands over or gets, whichever are more. */
    int registers();

    /**
     * Reads what the lanes handed over and writes what each gets.
     *
     * @param lanes mask of the lanes that take part
     * @param records address of lane 0's record
     * @param stride bytes from one lane's record to the next
     */
    void perform(int lanes, long records, int stride);
}
