import { readText } from '../../lib/files.ts';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import { type Column, count, json, list, type Output } from '../../terminal/output.ts';
import { DirectClient, upstreamOrigin } from '../direct/client.ts';
import type { Line } from '../direct/line.ts';
import { tryPreset } from '../direct/trial.ts';
import { findPreset, paramsOf } from './load.ts';
import { credentials } from './secrets.ts';

export interface TestOptions {
  readonly upstream: string;
  readonly ca?: string;
  readonly account?: string;
  readonly passwordFile?: string;
  readonly param?: readonly string[];
  readonly second?: string;
  readonly secondPasswordFile?: string;
  readonly json?: true;
}

const COLUMNS: readonly Column<Line>[] = [
  { name: 'what', of: ({ what }) => what },
  { name: 'expected', of: ({ expected }) => expected },
  { name: 'found', of: ({ found }) => found },
  { name: 'verdict', of: ({ verdict }) => verdict, shown: ({ verdict }) => (verdict === 'fail' ? 'FAIL' : verdict) },
];

/** Prints what was tried. Throws CommandRefused when anything must not be as it is. */
export function report(output: Output, asJson: boolean, about: Record<string, unknown>, lines: readonly Line[]): void {
  const failed = lines.filter(({ verdict }) => verdict === 'fail').length;
  if (asJson) json(output, { ...about, ok: failed === 0, lines });
  else list(output, false, { columns: COLUMNS, rows: lines, empty: 'Nothing was tried.' });
  if (failed > 0)
    throw new CommandRefused(
      `${count(failed, 'line')} above ${failed === 1 ? 'is' : 'are'} marked fail: mend the preset, then test it again.`,
    );
}

/** The PEM text of `--ca`. */
export function authority(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readText(file, { most: 1_048_576 });
  } catch {
    throw new CommandRefused(`${file} cannot be read: name the PEM file of the authority.`);
  }
}

/** The two accounts to try with; the second is optional. */
export async function people(options: Omit<TestOptions, 'upstream'>) {
  if (options.secondPasswordFile !== undefined && options.second === undefined)
    throw new CommandMisused('--second-password-file is of the account that --second names: give --second NAME too.');
  const first = await credentials({
    account: options.account,
    passwordFile: options.passwordFile,
    fromEnvironment: process.env['SALLYPORT_TEST_PASSWORD'],
    whose: 'a test account',
    option: '--password-file',
  });
  if (options.second === undefined) return { first, second: null };
  const second = await credentials({
    account: options.second,
    passwordFile: options.secondPasswordFile,
    fromEnvironment: process.env['SALLYPORT_TEST_SECOND_PASSWORD'],
    whose: 'a second account',
    option: '--second-password-file',
  });
  return { first, second };
}

export async function testPreset(output: Output, nameOrFile: string, options: TestOptions): Promise<void> {
  const origin = upstreamOrigin(options.upstream);
  const { preset, login } = findPreset(nameOrFile, { params: paramsOf(options.param ?? []), origin });
  const ca = authority(options.ca);
  const { first, second } = await people(options);
  const client = new DirectClient({ origin, ca });
  try {
    const lines = await tryPreset({ client, login, first, second });
    report(output, options.json === true, { preset: preset.id, upstream: origin }, lines);
  } finally {
    await client.close();
  }
}
