import { Command, CommanderError } from 'commander';
import { asSallyportError, SallyportError } from '../errors.ts';
import { VERSION } from '../lib/version.ts';
import { CommandMisused, CommandRefused, DONE, REFUSED, sentence, USAGE } from '../terminal/exit.ts';
import { type Output, standardOutput } from '../terminal/output.ts';
import { asStarted, program as startedAs } from '../terminal/started.ts';
import { givenOnce } from './once.ts';
import type { CreateApp } from './serve.ts';

type Maker = (output: Output, createApp: CreateApp) => Promise<Command>;

/** Every command of the contract, each read when it is asked for: a server has no use for the others, nor they for it. */
const COMMANDS: Readonly<Record<string, Maker>> = {
  serve: async (output, createApp) => (await import('./serve.ts')).serveCommand(output, createApp),
  check: async (output) => (await import('./check.ts')).checkCommand(output),
  explain: async (output) => (await import('./explain.ts')).explainCommand(output),
  doctor: async (output) => (await import('./doctor.ts')).doctorCommand(output),
  canary: async (output) => (await import('./canary.ts')).canaryCommands(output),
  origin: async (output) => (await import('./origin.ts')).originCommands(output),
  preset: async (output) =>
    (await import('../workbench/preset/commands.ts')).presetCommands(output, (await import('./trials.ts')).installed),
  account: async (output) => (await import('./accounts.ts')).accountCommands(output),
  authenticator: async (output) => (await import('./authenticators.ts')).authenticatorCommands(output),
  ticket: async (output) => (await import('./tickets.ts')).ticketCommands(output),
  session: async (output) => (await import('./sessions.ts')).sessionCommands(output),
  'lock-down': async (output) => (await import('./lock-down.ts')).lockDownCommands(output),
  key: async (output) => (await import('./keys.ts')).keyCommands(output),
  organisation: async (output) => (await import('./organisations.ts')).organisationCommands(output),
  role: async (output) => (await import('./roles.ts')).roleCommands(output),
  token: async (output) => (await import('./tokens.ts')).tokenCommands(output),
  receiver: async (output) => (await import('./receivers.ts')).receiverCommands(output),
  coverage: async (output) => (await import('./coverage.ts')).coverageCommand(output),
  reconcile: async (output) => (await import('./reconcile.ts')).reconcileCommand(output),
  audit: async (output) => (await import('./audit.ts')).auditCommands(output),
  evidence: async (output) => (await import('./evidence.ts')).evidenceCommands(output),
  migrate: async (output) => (await import('./migrate.ts')).migrateCommand(output),
};

/** The program with the one command that is named, or, where none is, with all of them. */
export async function buildProgram(createApp: CreateApp, output: Output, named = ''): Promise<Command> {
  const program = new Command('sallyport')
    .description('A reverse proxy that requires a second factor before it forwards anything of any session.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.line(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
    });
  const makers = Object.hasOwn(COMMANDS, named) ? [COMMANDS[named]] : Object.values(COMMANDS);
  for (const make of makers)
    if (make !== undefined) program.addCommand(inherit(await make(output, createApp), program, startedAs()));
  return tellMisuse(program, startedAs());
}

/** Sub-commands report their faults the way the program does. */
function inherit(command: Command, parent: Command, above: string): Command {
  command.copyInheritedSettings(parent);
  const path = `${above} ${command.name()}`;
  for (const child of command.commands) inherit(child, command, path);
  return tellMisuse(givenOnce(command), path);
}

/** What was typed is told again, but not at any length. */
const MOST_TOLD = 400;

/** What was mistyped, in one sentence with where to look it up. */
function tellMisuse(command: Command, path: string): Command {
  return command.configureOutput({
    outputError: (text, write) => {
      const what = text
        .replace(/^error: /, '')
        .trim()
        .replace(/\.?\n/g, ' ')
        .replace(/\p{Cc}/gu, '?')
        .slice(0, MOST_TOLD)
        .replace(/\.$/, '');
      write(`${sentence(`${what}: "${path} --help" says what there is`)}\n`);
    },
  });
}

/**
 * `help account add` as `account add --help`: the library looks no further than the first word. Of words that name no command those up to the
 * first such, among its neighbours, so that it is told as misspelt; nothing is ever run.
 */
function helpOf(program: Command, words: readonly string[]): string[] {
  let at = program;
  for (const [i, word] of words.entries()) {
    const next = at.commands.find((each) => each.name() === word);
    if (next === undefined) return at.commands.length > 0 ? words.slice(0, i + 1) : [...words.slice(0, i), '--help'];
    at = next;
  }
  return [...words, '--help'];
}

/** Runs one command line; answers the exit code: 0 done, 1 refused or found wanting, 2 usage. */
export async function runProgram(
  argv: readonly string[],
  createApp: CreateApp,
  output: Output = standardOutput,
): Promise<number> {
  try {
    const [first, ...rest] = argv;
    const asksHelp = first === 'help' && rest.length > 0 && rest.every((word) => !word.startsWith('-'));
    const program = await buildProgram(createApp, output, asksHelp ? rest[0] : first);
    await program.parseAsync(asksHelp ? helpOf(program, rest) : [...argv], { from: 'user' });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    output.note(sentenceOf(error));
    const misused = error instanceof CommandMisused || (error instanceof SallyportError && error.code === 'usage');
    return misused ? USAGE : REFUSED;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof CommandMisused || error instanceof CommandRefused) return error.message;
  if (error instanceof SallyportError) return asStarted(sentence(error.message));
  return sentence(`That failed: ${asSallyportError(error).message}`);
}
