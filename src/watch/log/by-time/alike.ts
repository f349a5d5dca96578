/** What a log writes for a byte that it does not write as it is. */
const WRITTEN = /%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\["\\]/g;

/** Characters that are compared: of a path that a log has escaped, so many are left of what is kept of it. */
const MOST = 100;

/**
 * Method and path in a form that is the same in all logs: IIS writes a path decoded and `+` for a blank, Apache and nginx escape quotes. Paths
 * that differ in such a character alone count as alike.
 */
export function alikeOf(method: string, path: string): string {
  const plain = /[%\\+ ]|[^\x21-\x7e]/.test(path)
    ? Buffer.from(path, 'utf8')
        .toString('latin1')
        .replace(WRITTEN, (text) =>
          text.length === 2 ? text.slice(1) : String.fromCharCode(Number.parseInt(text.slice(-2), 16)),
        )
        .replaceAll('+', ' ')
    : path;
  return `${method} ${plain.slice(0, MOST)}`;
}
