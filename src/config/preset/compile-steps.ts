import type { Door, LoginStep, Surface } from '../login-types.ts';
import type { Path } from '../source.ts';
import type { Compiler } from './compile-parts.ts';
import type { WrittenDoor, WrittenStep, WrittenSurface } from './schema.ts';

/** What may be seen before anybody has signed in. */
export function surfaces(c: Compiler, path: Path, written: readonly WrittenSurface[] | undefined): Surface[] {
  return (written ?? []).map((each, i) => ({
    path: c.path([...path, i, 'path'], each.path),
    query: c.query([...path, i, 'query'], each.query),
    static: each.static === true,
    toEntry: each.to === 'entry',
  }));
}

/** Other ways in, on the folded path. */
export function doors(c: Compiler, path: Path, written: readonly WrittenDoor[] | undefined): Door[] {
  return (written ?? []).map((each, i) => ({
    method: each.method ?? null,
    path: c.foldedPath([...path, i, 'path'], each.path),
    query: each.query === undefined ? 'any' : c.query([...path, i, 'query'], each.query),
    header: each.header?.toLowerCase() ?? null,
    type: each.type?.toLowerCase() ?? null,
    text: [each.method, c.text([...path, i, 'path'], each.path), each.type]
      .filter((part) => part !== undefined)
      .join(' '),
  }));
}

/** The steps of signing in. */
export function steps(c: Compiler, written: readonly WrittenStep[]): LoginStep[] {
  return written.map((each, i): LoginStep => {
    const path: Path = ['login', i];
    const next = each.next ?? null;
    return {
      id: each.id,
      on: {
        method: each.on.method,
        paths: each.on.path.map((one, n) => c.path([...path, 'on', 'path', n], one)),
        query: c.query([...path, 'on', 'query'], each.on.query),
        shared: each.on.shared === true,
      },
      type: each.type,
      script: each.script === true,
      need: c.allowedMap([...path, 'need'], each.need),
      account: each.account === undefined ? null : c.text([...path, 'account'], each.account),
      realm: each.realm == null ? null : c.text([...path, 'realm'], each.realm),
      secret: c.texts([...path, 'secret'], each.secret),
      pass: each.pass === 'any-scalar' ? 'any-scalar' : c.texts([...path, 'pass'], each.pass),
      check: c.patterns([...path, 'check'], each.check),
      headers: new Map(
        Object.entries(each.headers ?? {}).map(([name, value]) => [
          name.toLowerCase(),
          c.allowed([...path, 'headers', name], value),
        ]),
      ),
      fail: c.predicates([...path, 'fail'], each.fail),
      ok: c.predicates([...path, 'ok'], each.ok),
      next: next === null ? null : { step: next.step, when: c.predicates([...path, 'next', 'when'], next.when) },
    };
  });
}
