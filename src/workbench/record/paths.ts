/** The path of a target. */
export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '/';
}

/** Whether a preset would read a path as one with wildcards, which stands for more than itself. */
export function isWild(path: string): boolean {
  return /[*{}]/.test(path);
}
