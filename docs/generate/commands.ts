import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.ts';
import { standardOutput } from '../../src/terminal/output.ts';

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((each) => (each.required ? ` <${each.name()}>` : ` [${each.name()}]`))
    .join('');
}

function section(command: Command, path: string): string[] {
  const options = command.options.filter((option) => !option.hidden);
  const lines = [`## \`${path}${argumentsOf(command)}\``, '', `${command.description()}.`, ''];
  if (options.length > 0) {
    lines.push('| option | |', '| --- | --- |');
    for (const option of options) lines.push(`| \`${option.flags.replaceAll('|', '\\|')}\` | ${option.description} |`);
    lines.push('');
  }
  return lines;
}

function walk(command: Command, path: string): string[] {
  if (command.commands.length === 0) return section(command, path);
  return command.commands.flatMap((child) => (child.name() === 'help' ? [] : walk(child, `${path} ${child.name()}`)));
}

/** docs/commands.md: every command with its options. */
export async function commandsPage(): Promise<string> {
  const program = await buildProgram(() => Promise.reject(new Error('nothing is started here')), standardOutput);
  return [
    '# Commands',
    '',
    'Made from the source by `npm run generate`. From a checkout: `npm run sallyport -- COMMAND …`. Exit codes: 0 done,',
    '1 refused or found wanting, 2 called wrongly.',
    '',
    ...walk(program, 'sallyport'),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
