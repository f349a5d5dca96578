import { Command, CommanderError } from 'commander';
import { asSallyportError, SallyportError } from '../errors.ts';
import { accountCommands } from './accounts.ts';
import { auditCommands } from './audit.ts';
import { authenticatorCommands } from './authenticators.ts';
import { checkCommand } from './check.ts';
import { CommandMisused, CommandRefused, DONE, REFUSED, USAGE } from './exit.ts';
import { explainCommand } from './explain.ts';
import { keyCommands } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { type Output, standardOutput } from './output.ts';
import { type CreateApp, serveCommand } from './serve.ts';
import { sessionCommands } from './sessions.ts';
import { ticketCommands } from './tickets.ts';

/** Every command of the contract. */
export function buildProgram(createApp: CreateApp, output: Output): Command {
  const program = new Command('sallyport')
    .description('A reverse proxy that requires a second factor before it forwards anything of any session.')
    .version('0.1.0')
    .showHelpAfterError('Run "sallyport --help" for the commands.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.line(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
    });
  const commands = [
    serveCommand(output, createApp),
    checkCommand(output),
    explainCommand(output),
    accountCommands(output),
    authenticatorCommands(output),
    ticketCommands(output),
    sessionCommands(output),
    keyCommands(output),
    auditCommands(output),
    migrateCommand(output),
  ];
  for (const command of commands) program.addCommand(inherit(command, program));
  return program;
}

/** Sub-commands report their faults the way the program does. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
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
    if (error instanceof CommandMisused) {
      output.note(error.message);
      return USAGE;
    }
    output.note(error instanceof CommandRefused ? error.message : sentenceOf(error));
    return REFUSED;
  }
}

function sentenceOf(error: unknown): string {
  const known = asSallyportError(error);
  if (error instanceof SallyportError) return known.message;
  return `That failed: ${known.message}`;
}
