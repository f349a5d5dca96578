import { createInterface } from 'node:readline/promises';
import { readText } from '../../lib/files.ts';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import type { Credentials } from '../direct/posting.ts';

const MAX_SECRET = 1024;

/** A password as it stands in a file, without the line break at its end. Throws CommandRefused. */
export function secretFromFile(file: string): string {
  let text: string;
  try {
    text = readText(file, { most: 4 * MAX_SECRET });
  } catch {
    throw new CommandRefused(`${file} cannot be read: name a file that holds the password and nothing else.`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '' || secret.length > MAX_SECRET || /[\r\n]/.test(secret))
    throw new CommandRefused(`${file} must hold one password in one line.`);
  return secret;
}

/** Asks at the terminal; the answer is shown as it is typed. */
export async function askName(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question}: `)).trim();
  } finally {
    lines.close();
  }
}

/** Asks at the terminal; nothing of the answer is shown. Rejects with CommandRefused on Ctrl-C. */
export function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(`${question} (not shown): `);
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding('utf8');
  let typed = '';
  return new Promise((resolve, reject) => {
    const end = () => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const take = (chunk: string) => {
      for (const c of chunk) {
        if (c === '\r' || c === '\n' || c === '\u0004') {
          end();
          resolve(typed);
          return;
        }
        if (c === '\u0003') {
          end();
          reject(new CommandRefused('Stopped.'));
          return;
        }
        typed = c === '\u007f' || c === '\b' ? typed.slice(0, -1) : typed + c;
      }
    };
    stdin.on('data', take);
  });
}

export interface CredentialSources {
  readonly account: string | undefined;
  readonly passwordFile: string | undefined;
  /** From the environment; undefined when it is not there. */
  readonly fromEnvironment: string | undefined;
  /** Who it is, in a question: `a test account`. */
  readonly whose: string;
  /** The option that names the file. */
  readonly option: string;
}

/** Name and password of an account at the app: from a file, the environment or the terminal, never from the command line. */
export async function credentials({
  account,
  passwordFile,
  fromEnvironment,
  whose,
  option,
}: CredentialSources): Promise<Credentials> {
  const terminal = process.stdin.isTTY === true;
  const name = account ?? (terminal ? await askName(`Name of ${whose} at the app`) : '');
  if (name === '') throw new CommandMisused('Say with --account which account of the app to sign in with.');
  if (passwordFile !== undefined) return { account: name, password: secretFromFile(passwordFile) };
  if (fromEnvironment !== undefined && fromEnvironment !== '') return { account: name, password: fromEnvironment };
  if (!terminal)
    throw new CommandMisused(
      `There is no terminal to ask for the password of ${name}: give it in a file with ${option}.`,
    );
  const password = await askSecret(`Password of ${name}`);
  if (password === '') throw new CommandRefused('Without a password nothing can be tried.');
  return { account: name, password };
}
