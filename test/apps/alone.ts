import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chromiumProgram } from '../support/browser.ts';
import { command } from '../support/command.ts';
import type { Account } from './product.ts';

/** How far the recorder got by itself. `asked`: bound by the app's own word; `form`: by its sign-in form; `one`: one account. */
export type Alone = 'asked' | 'form' | 'one' | 'not';

export interface Recorded {
  readonly alone: Alone;
  readonly seconds: number;
  /** The preset; empty: none was written. */
  readonly text: string;
  /** All that it said. */
  readonly told: string;
  /** Its last words, where it did not get there. */
  readonly why: string;
}

export interface ToRecord {
  readonly origin: string;
  readonly publicOrigin: string;
  readonly mine: Account;
  /** null: the app has one account. */
  readonly other: Account | null;
  readonly more?: readonly string[];
}

function aloneOf(text: string): Alone {
  if (text === '') return 'not';
  const { whoami, account } = parse(text) as { readonly whoami?: unknown; readonly account: object };
  return whoami !== undefined ? 'asked' : 'one' in account ? 'one' : 'form';
}

/** Has an app recorded with nobody's help, with the Chromium of the tests. */
export async function recordAlone({ origin, publicOrigin, mine, other, more = [] }: ToRecord): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-recorded-'));
  chmodSync(folder, 0o700);
  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const out = join(folder, 'recorded.yml');
  const began = performance.now();
  try {
    const ran = await command(
      ...['preset', 'record', '--unattended', '--upstream', origin, '--origin', publicOrigin, '--out', out],
      ...['--account', mine.name, '--password-file', secret('mine', mine.password)],
      ...(other === null ? [] : ['--second', other.name, '--second-password-file', secret('other', other.password)]),
      ...['--browser', await chromiumProgram(), ...more],
    );
    const seconds = (performance.now() - began) / 1000;
    const text = ran.code === 0 ? readFileSync(out, 'utf8') : '';
    const why = ran.code === 0 ? '' : (ran.err.trim().split('\n').at(-1) ?? '');
    return { alone: aloneOf(text), seconds, text, told: ran.out + ran.err, why };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
