/** One sentence with the remedy when this Node cannot run Sallyport; undefined when it can. */
export function runtimeFault(version?: string): string | undefined;
/** Ends the process with that sentence and exit code 2. */
export function requireRuntime(): void;

/** Leaves out parts of node:http that nobody uses and that weigh much. */
export function leaveOut(): void;
