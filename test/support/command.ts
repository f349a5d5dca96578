import { runProgram } from '../../src/cli/program.ts';
import type { Ran } from './process.ts';

/**
 * Runs a command line in this process, where the process is not what is tested: one of its own takes half a second of a
 * processor to begin. Nothing can be served.
 */
export async function command(...argv: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const output = {
    line: (text = '') => {
      out += `${text}\n`;
    },
    note: (text: string) => {
      err += `${text}\n`;
    },
  };
  const code = await runProgram(argv, () => Promise.reject(new Error('nothing is served here')), output);
  return { code, out, err };
}
