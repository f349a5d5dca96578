import { STEPS } from '../../src/web/steps/table.ts';

const mark = (act: unknown): string => (act === null ? '' : '●');

/** The way of a request through the house, from the table that it takes. */
export function wayPage(): string {
  const widest = Math.max(...STEPS.map(({ name }) => name.length));
  const drawn = STEPS.map(({ name, request, upgrade }) => {
    const line = `${request === null ? '    ' : ' │  '}${upgrade === null ? '    ' : ' │  '}`;
    return `${line}${name.padEnd(widest)}`.trimEnd();
  });
  return [
    '# The way of a request',
    '',
    '<!-- Made from src/web/steps/table.ts by `npm run generate`. -->',
    '',
    'Each step answers, refuses, or lets go on to the next; an error at any of them refuses. While each knows its answer at once',
    '(a known session), all are taken in one turn of the event loop.',
    '',
    '```',
    'request  upgrade',
    ...drawn.map((line) => `  ${line.slice(0, 4)}     ${line.slice(4)}`.trimEnd()),
    '   ▼        ▼   the app',
    '```',
    '',
    '| step | request | upgrade | what is done | where |',
    '| --- | :-: | :-: | --- | --- |',
    ...STEPS.map(
      ({ name, does, at, request, upgrade }) =>
        `| **${name}** | ${mark(request)} | ${mark(upgrade)} | ${does} | ${at
          .split(', ')
          .map((file) => `\`${file}\``)
          .join(', ')} |`,
    ),
    '',
  ].join('\n');
}
