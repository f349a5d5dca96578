export function endAtOnce(pid?: number, command?: string): void;
export function handOver(): void;
