// Plain JavaScript on purpose: an older Node must be able to read it far enough to say what is needed.

/** Oldest release of each supported line; older ones let a request hide from its own length (CVE-2026-58044). */
const OLDEST = { 24: 21, 26: 10 };

/** One sentence with the remedy when this Node cannot run Sallyport; undefined when it can. */
export function runtimeFault(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const enough = major > 26 || (OLDEST[major] !== undefined && minor >= OLDEST[major]);
  if (enough) return undefined;
  return `Sallyport needs Node 24.21 or newer (24 LTS or 26), and this is ${version}: run "npm ci" once in this folder, which brings the right one, and start it with "npm start" or "npm run sallyport -- COMMAND".`;
}

/** Ends the process with that sentence and exit code 2. */
export function requireRuntime() {
  const fault = runtimeFault();
  if (fault === undefined) return;
  process.stderr.write(`${fault}\n`);
  process.exit(2);
}

/**
 * Who imports node:http as a module asks for all that it has, and three parts of it bring a second HTTP client of Node's with them:
 * 17 MB and a tenth of the start, for names that nobody here uses. To be called before anything imports node:http.
 */
export function leaveOut() {
  const http = process.getBuiltinModule('node:http');
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent'])
    Object.defineProperty(http, name, { value: undefined, enumerable: true, configurable: true });
}
