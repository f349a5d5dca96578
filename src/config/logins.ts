import type { BoundLogin, LoginConfig } from './login-types.ts';
import { compilePreset } from './preset/compile.ts';
import { isPresetName, loadPreset, readPreset } from './preset/load.ts';
import { objectionsToLoginFirst } from './preset/order.ts';
import type { WrittenApp } from './schema.ts';
import { type Finding, pathText } from './source.ts';
import { rememberPreset } from './texts.ts';

/** The logins of apps that name a preset, by app. */
export type Logins = ReadonlyMap<string, BoundLogin>;

interface ReadLogin {
  readonly login: BoundLogin | null;
  readonly faults: readonly Finding[];
  /** Worth settling; they do not stop the start. */
  readonly findings: readonly Finding[];
}

/** Shortened for people: ours by name, others as they are written. */
function shown(name: string): string {
  return isPresetName(name) ? `the preset ${name}` : name;
}

/** Nobody is let in where nobody holds the app's one account. */
function heldByNobody({ one }: BoundLogin): string[] {
  if (one === null || one.accounts.length + one.groups.length > 0) return [];
  return ['The app has one account, and nobody holds it, so that everybody is refused. Say who does: held_by.'];
}

/**
 * Reads and compiles the preset that an app names. Faults stand at the app; those in the file name it with its line.
 * `origin`: the public one. `besides`: a path in the configuration as one of the file system.
 */
export function readLogin(
  id: string,
  { login }: WrittenApp,
  origin: string,
  besides: (file: string) => string,
): ReadLogin {
  if (login === 'none' || login.preset === undefined) return { login: null, faults: [], findings: [] };
  const at = ['apps', id, 'login'];
  const name = login.preset;
  const loaded = isPresetName(name) ? loadPreset(name) : readPreset(besides(name));
  const inFile = (fault: { line: number; path: string; message: string }): Finding => ({
    path: [...at, 'preset'],
    message: `${shown(name)}${fault.line > 0 ? `, line ${fault.line}` : ''}: ${fault.path === '' ? '' : `${fault.path}: `}${fault.message}`,
  });
  if ('faults' in loaded) return { login: null, faults: loaded.faults.map(inFile), findings: [] };
  const { order, recheck, fill, params, doors, anon, whoami, held_by, password_file } = login;
  const compiled = compilePreset(
    loaded.preset,
    {
      ...{ order, recheckMs: recheck, fill, params, doors, anon, whoami, heldBy: held_by },
      passwordFile: password_file === undefined ? undefined : besides(password_file),
    },
    origin,
  );
  rememberPreset(compiled.login.digest, loaded.text);
  const faults = [
    ...compiled.faults.map(({ path, message }) => inFile({ path: pathText(path), line: loaded.lineOf(path), message })),
    ...compiled.choiceFaults.map(({ path, message }): Finding => ({ path: [...at, ...path], message })),
  ];
  const findings = heldByNobody(compiled.login).map((message): Finding => ({ path: at, message }));
  if (order !== 'login-first') return { login: compiled.login, faults, findings };
  const objections = objectionsToLoginFirst(loaded.preset, compiled.login);
  const inOrder = (message: string): Finding => ({ path: [...at, 'order'], message });
  faults.push(...objections.faults.map(inOrder));
  return { login: compiled.login, faults, findings: [...findings, ...objections.findings.map(inOrder)] };
}

/** How an app signs people in, once its preset is known. */
export function loginOf(id: string, { login }: WrittenApp, logins: Logins): LoginConfig {
  if (login === 'none') return { kind: 'none' };
  const { unbound } = login;
  if (unbound !== undefined)
    return {
      kind: 'unbound',
      reason: unbound.reason,
      owner: unbound.owner,
      expires: unbound.expires.text,
      expiresAt: unbound.expires.end,
    };
  const bound = logins.get(id);
  if (bound === undefined) throw new TypeError('a fault-free file has the preset of every app');
  return bound;
}
