/** One sentence with the remedy when this Node cannot run Sallyport; undefined when it can. */
export function runtimeFault(version?: string): string | undefined;
/** Ends the process with that sentence and exit code 2. */
export function requireRuntime(): void;
