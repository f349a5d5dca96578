import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { command } from '../../support/command.ts';
import type { Ran } from '../../support/process.ts';

/** An installation with a configuration file, and commands that are run on it in this process. */
export interface Stand {
  readonly dir: string;
  readonly file: string;
  /** Runs a command line with this installation's --config. */
  run(...argv: readonly string[]): Promise<Ran>;
  /** Runs a command that must succeed, with --json; its parsed answer. */
  json<T>(...argv: readonly string[]): Promise<T>;
  write(name: string, text: string): string;
}

const CONFIG = [
  'listen: 127.0.0.1:8080',
  'data: data',
  'realms:',
  '  staff: { source: local, domains: [CORP] }',
  'apps:',
  '  portal:',
  '    hosts: [app.test]',
  '    upstream: http://127.0.0.1:9',
  '    realm: staff',
];

/** `more`: lines after those of the app `portal`. */
export function stand(t: TestContext, ...more: readonly string[]): Stand {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const file = write('sallyport.yml', [...CONFIG, ...more, ''].join('\n'));
  const run = (...argv: readonly string[]) => command(...argv, '--config', file);
  return {
    dir,
    file,
    run,
    write,
    json: async <T>(...argv: readonly string[]) => {
      const ran = await run(...argv, '--json');
      if (ran.code !== 0) throw new Error(`${argv.join(' ')}: ${ran.code} ${ran.err}`);
      return JSON.parse(ran.out) as T; // what the test says of it is what the test asserts
    },
  };
}
