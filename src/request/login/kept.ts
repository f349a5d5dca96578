import type { LoginStep } from '../../config/login-types.ts';
import { parseForm, serialiseForm } from './form.ts';
import { parseJson, serialiseJson } from './json.ts';
import { selects } from './names.ts';
import type { ReadStep } from './step.ts';

/** Whether a password of ours can stand in what that step sends: not in XML, and not in a header. */
export function takesKept({ type, secret }: Pick<LoginStep, 'type' | 'secret'>): boolean {
  return (type === 'form' || type === 'json') && secret[0] !== undefined && !secret[0].startsWith('*');
}

/** What a step sends, with that password in its first secret field, whatever was typed there. `read`: as `readStep` has read it. */
export function withKept(step: LoginStep, read: ReadStep, password: string): ReadStep {
  const [secret] = step.secret;
  const { bytes } = read.send;
  if (!takesKept(step) || secret === undefined || bytes === null) return read;
  const filled =
    step.type === 'json'
      ? serialiseJson(new Map([...parseJson(bytes)]).set(secret, password))
      : serialiseForm(new Map([...parseForm(bytes)].filter(([name]) => !selects(secret, name))).set(secret, password));
  return { ...read, send: { ...read.send, bytes: filled } };
}
