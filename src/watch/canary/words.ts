import type { RawAnswer } from './answers.ts';

/** Fields that differ between two answers of one server, by what was asked. */
const PASSING: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'location', 'allow']);
const MOST = 4000;

/** Status, its name and numbers of the request apart, since a server puts every refusal in the same page. */
function textOf({ status, line, body }: RawAnswer): string {
  const name = line.slice('HTTP/1.1 400 '.length);
  const bare = body.slice(0, MOST).replaceAll(String(status), '');
  return (name === '' ? bare : bare.replaceAll(name, '')).replace(/[0-9A-Fa-f-]{8,}/g, '#');
}

/**
 * How a server puts a refusal: the names of its fields, who it says it is, and the page without status and numbers. Two answers with the same
 * words are of one maker, or of two that cannot be told apart.
 */
export function wordsOf(answer: RawAnswer): string {
  const names = answer.names.filter((name) => !PASSING.has(name)).sort();
  return JSON.stringify([names, answer.all('server'), answer.all('content-type'), textOf(answer)]);
}

/** The page alone: what is left of an answer that another server has handed on in a head of its own. */
export function pageOf(answer: RawAnswer): string {
  return JSON.stringify([answer.all('content-type'), textOf(answer)]);
}
