import { Command, CommanderError } from 'commander';
import { asSallyportError, SallyportError } from '../errors.ts';
import { CommandMisused, CommandRefused, DONE, REFUSED, sentence, USAGE } from '../terminal/exit.ts';
import { type Output, standardOutput } from '../terminal/output.ts';
import { asStarted, program as startedAs } from '../terminal/started.ts';
import { presetCommands } from '../workbench/preset/commands.ts';
import { accountCommands } from './accounts.ts';
import { auditCommands } from './audit.ts';
import { authenticatorCommands } from './authenticators.ts';
import { checkCommand } from './check.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { keyCommands } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { givenOnce } from './once.ts';
import { type CreateApp, serveCommand } from './serve.ts';
import { sessionCommands } from './sessions.ts';
import { ticketCommands } from './tickets.ts';

/** Every command of the contract. */
export function buildProgram(createApp: CreateApp, output: Output): Command {
  const program = new Command('sallyport')
    .description('A reverse proxy that requires a second factor before it forwards anything of any session.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.line(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
    });
  const commands = [
    serveCommand(output, createApp),
    checkCommand(output),
    explainCommand(output),
    doctorCommand(output),
    presetCommands(output),
    accountCommands(output),
    authenticatorCommands(output),
    ticketCommands(output),
    sessionCommands(output),
    keyCommands(output),
    auditCommands(output),
    migrateCommand(output),
  ];
  for (const command of commands) program.addCommand(inherit(command, program, startedAs()));
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

/** Runs one command line; answers the exit code: 0 done, 1 refused or found wanting, 2 usage. */
export async function runProgram(
  argv: readonly string[],
  createApp: CreateApp,
  output: Output = standardOutput,
): Promise<number> {
  try {
    await buildProgram(createApp, output).parseAsync([...argv], { from: 'user' });
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
