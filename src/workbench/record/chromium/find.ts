import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CommandRefused } from '../../../terminal/exit.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
/** Where it stands that is on nobody's PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The Chromium of this machine: the one that is named, else the first that PATH has; null: there is none. Throws CommandRefused when
 * the named one cannot be run.
 */
export function findChromium(named: string | undefined): string | null {
  if (named !== undefined) {
    if (runs(named)) return named;
    throw new CommandRefused(`${named} cannot be run: name the program of Chromium or Chrome with --browser.`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES];
  return files.find(runs) ?? null;
}
