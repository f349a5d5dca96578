import type { Allowed, LoginStep } from '../../config/login-types.ts';
import type { HeaderFields } from '../fields.ts';
import { parseBasic, writeBasic } from './basic.ts';
import { type Leaf, type LoginDocument, readDocument } from './document.ts';
import { refuse } from './refused.ts';
import { checkValues } from './step-fields.ts';
import { CONTROL, CONTROL_BUT_LINES } from './text.ts';

/** A request that is a login step, and what the app is sent in its place. */
export interface ReadStep {
  /** As given, exactly as it is sent; null: this step names nobody. May be empty. */
  readonly account: string | null;
  /** The second field of the name; null: the step has none, or it is not there. */
  readonly realm: string | null;
  /** Selectors of the secrets that are there. */
  readonly secrets: readonly string[];
  readonly send: {
    /** Content-Type; null: no body. */
    readonly type: string | null;
    readonly bytes: Buffer | null;
    readonly authorization: string | null;
  };
}

/** Characters of the longest account name. */
const MAX_NAME = 256;

function admits(allowed: Allowed, value: string): boolean {
  return allowed === 'any' || allowed.includes(value);
}

function checkHeaders(step: LoginStep, headers: HeaderFields): void {
  for (const [name, allowed] of step.headers) {
    const lines = headers.spelt(name);
    if (lines.length > 1) refuse('duplicate', `two ${name} headers`);
    if (lines[0] !== undefined && !admits(allowed, lines[0].trim())) refuse('malformed', `value of header ${name}`);
  }
}

/** All selectors of a step; what none of them selects is not listed. */
function selectorsOf(step: LoginStep): readonly string[] {
  const named = [step.account, step.realm].filter((name) => name !== null);
  const pass = step.pass === 'any-scalar' ? [] : step.pass;
  return [...new Set([...named, ...step.secret, ...step.need.keys(), ...step.check.keys(), ...pass])];
}

/** The one value that a selector names. Refuses two, and values that some server would take for it. */
function find(document: LoginDocument, selector: string, listed: readonly string[]): Leaf | undefined {
  const found = document.leaves.filter(({ key }) => document.selects(selector, key));
  if (found.length > 1) refuse('duplicate', 'two fields for one of the step');
  for (const { key } of document.leaves) {
    if (key === found[0]?.key || !document.resembles(selector, key)) continue;
    // A step may name `a` and `A`, or `a` and `*a`: what it lists itself is no look-alike.
    if (!listed.some((other) => other !== selector && document.selects(other, key)))
      refuse('look-alike', 'a field that looks like one of the step');
  }
  return found[0];
}

/** A value that is compared or sealed: text, without any control character. */
function plain(leaf: Leaf): string {
  if (!leaf.isText) refuse('malformed', 'a name or password that is no text');
  if (CONTROL.test(leaf.text)) refuse('malformed', 'control character in a name or password');
  return leaf.text;
}

function checkListed(step: LoginStep, document: LoginDocument, selectors: readonly string[]): void {
  for (const { key, text } of document.leaves) {
    if (CONTROL_BUT_LINES.test(text)) refuse('malformed', 'control character in a value');
    if (selectors.some((selector) => document.selects(selector, key))) continue;
    if (step.pass !== 'any-scalar' || !document.isPlain(key))
      refuse('malformed', 'a field that the step does not list');
  }
}

function accountOf(step: LoginStep, leaf: Leaf | undefined): string | null {
  if (step.account === null) return null;
  const name = leaf === undefined ? refuse('malformed', 'no account') : plain(leaf);
  return name.length > MAX_NAME ? refuse('too-large', 'the account name') : name;
}

function readBody(step: LoginStep, steps: readonly LoginStep[], document: LoginDocument): ReadStep | 'not-this-step' {
  const selectors = selectorsOf(step);
  const found = new Map(selectors.map((selector) => [selector, find(document, selector, selectors)]));
  for (const [selector, allowed] of step.need) {
    const leaf = found.get(selector);
    if (leaf === undefined || !admits(allowed, leaf.text)) return 'not-this-step';
  }
  checkListed(step, document, selectors);
  for (const [selector, pattern] of step.check) {
    const text = found.get(selector)?.text;
    if (text !== undefined && !pattern.test(text)) refuse('malformed', 'a value that the step does not allow');
  }
  const secrets = step.secret.filter((selector) => found.get(selector) !== undefined);
  for (const selector of secrets) plain(found.get(selector) ?? refuse('malformed', 'no secret'));
  const realm = step.realm === null ? undefined : found.get(step.realm);
  const own = new Set([step.account, ...step.secret].map((selector) => found.get(selector ?? '')));
  checkValues(step, steps, {
    others: document.leaves.filter((leaf) => !own.has(leaf)).map(({ text }) => text),
    secrets: secrets.map((selector) => found.get(selector)?.text ?? ''),
  });
  return {
    account: accountOf(step, step.account === null ? undefined : found.get(step.account)),
    realm: realm === undefined ? null : plain(realm),
    secrets,
    send: { type: document.type, bytes: document.serialise(), authorization: null },
  };
}

/** Credentials in the Authorization header; without it the request is not this step. */
function readBasic(step: LoginStep, headers: HeaderFields, body: Buffer): ReadStep | 'not-this-step' {
  const lines = headers.all('authorization');
  if (lines[0] === undefined) return 'not-this-step';
  if (lines.length > 1) refuse('duplicate', 'two Authorization headers');
  if (body.length > 0) refuse('malformed', 'a body beside Basic credentials');
  const basic = parseBasic(lines[0]) ?? refuse('malformed', 'not Basic credentials');
  if (basic.user.length > MAX_NAME) refuse('too-large', 'the account name');
  return {
    account: step.account === null ? null : basic.user,
    realm: null,
    secrets: step.secret,
    send: { type: null, bytes: null, authorization: writeBasic(basic) },
  };
}

/**
 * Reads a request whose method, path and query are those of the step. Its body is read strictly and written anew: what the
 * app is sent holds exactly the values that are returned and judged here. `not-this-step` only where a value that the step
 * needs is not there, or another one; every other deviation throws `LoginBodyRefused`. `steps`: all of the login, whose fields
 * no value may hold.
 */
export function readStep(
  step: LoginStep,
  headers: HeaderFields,
  body: Buffer,
  steps: readonly LoginStep[] = [step],
): ReadStep | 'not-this-step' {
  const read =
    step.type === 'basic'
      ? readBasic(step, headers, body)
      : readBody(step, steps, readDocument(step.type, headers, body));
  if (read !== 'not-this-step') checkHeaders(step, headers);
  return read;
}
