package tandem.engine.cuda;

import tandem.engine.Command;

/** A command that knows which buffers it touches. */
interface GuardedCommand extends Command {

    /** Throws when a buffer that the command touches is closed. */
    void requireBuffers();
}
