import { ERROR_CODES, publicMessageOf, statusOf } from '../../src/errors.ts';
import { API_CODES } from '../../src/web/console/api/refusals.ts';

/** docs/errors.md: every code that an answer of ours can bear. */
export function errorsPage(): string {
  const rows = ERROR_CODES.map((code) => `| \`${code}\` | ${statusOf(code)} | ${publicMessageOf(code)} |`);
  return [
    '# Error codes',
    '',
    'Made from the source by `npm run generate`. An answer of ours to a program is `application/problem+json` (RFC 9457)',
    'with `code` beside `status` and `title`; a person sees the sentence. The cause in detail is in the log alone.',
    '',
    '| code | status | what the person is told |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'The API has besides:',
    '',
    '| code | status | what the program is told |',
    '| --- | --- | --- |',
    ...Object.entries(API_CODES).map(([code, [status, title]]) => `| \`${code}\` | ${status} | ${title} |`),
    '',
  ].join('\n');
}
