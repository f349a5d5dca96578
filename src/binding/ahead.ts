import type { BoundLogin, Predicate } from '../config/login-types.ts';
import { readXmlAhead } from '../request/login/xml.ts';

const known = new WeakMap<BoundLogin, boolean>();

/** Whether a login reads anything in XML: a step's body, or something in an answer. */
function readsXml(login: BoundLogin): boolean {
  const before = known.get(login);
  if (before !== undefined) return before;
  const asks = (predicates: readonly Predicate[]): boolean => predicates.some(({ xml }) => xml.size > 0);
  const reads =
    login.steps.some(({ type, ok, fail, next }) => type === 'xml' || asks([...ok, ...fail, ...(next?.when ?? [])])) ||
    login.vault.some(({ xml }) => xml !== null) ||
    asks(login.whoami?.anonymous ?? []);
  known.set(login, reads);
  return reads;
}

/** Reads what may be XML while others have their turns, before somebody asks for it: 64 KiB of it take several of them. */
export async function readAhead(login: BoundLogin, body: Buffer): Promise<void> {
  if (body.length > 0 && readsXml(login)) await readXmlAhead(body);
}
