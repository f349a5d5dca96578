import { checkAuthority, checkTls, readPassword } from './files.ts';
import type { Env } from './passwords.ts';
import { webhookSecret } from './record-places.ts';
import type { ReceiverConfig, RecordConfig } from './record-types.ts';
import type { Finding, Path } from './source.ts';
import type { Config } from './types.ts';

const FORM = 'Expected whsec_ and 24 to 64 random bytes in base64 (Standard Webhooks).';

/** The variable that may hold the secret of a receiver. */
function variableOf(name: string): string {
  return `SALLYPORT_RECEIVER_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
}

async function withSecret(receiver: ReceiverConfig, env: Env): Promise<ReceiverConfig | Finding> {
  const { name, place } = receiver;
  if (place.kind !== 'webhook') return receiver;
  const path = ['record', 'receivers', name];
  const at = [...path, 'secret_file'];
  const variable = variableOf(name);
  const secret = env[variable];
  if (place.secretFile !== null) {
    if (secret !== undefined)
      return {
        path: at,
        message: `The secret comes from this file and from ${variable} at once. Keep one of the two.`,
      };
    const read = await readPassword(place.secretFile);
    if ('fault' in read) return { path: at, message: read.fault };
    // Left in its file, so that it can be replaced without a reload.
    return webhookSecret(read.password) === undefined ? { path: at, message: FORM } : receiver;
  }
  if (secret === undefined)
    return { path, message: `The webhook has no secret. Name its file in secret_file, or set ${variable}.` };
  if (webhookSecret(secret) === undefined) return { path, message: `${variable}: ${FORM}` };
  return { ...receiver, place: { ...place, secret } };
}

/** Receivers with their secrets where the environment holds them; one in a file is looked at and left there. */
export async function recordSecrets(
  { record }: Pick<Config, 'record'>,
  env: Env,
): Promise<{ readonly record: RecordConfig; readonly faults: readonly Finding[] }> {
  const all = await Promise.all(record.receivers.map((each) => withSecret(each, env)));
  const receivers = all.filter((each) => 'name' in each);
  return { record: { ...record, receivers }, faults: all.filter((each) => 'message' in each) };
}

type Named = readonly [path: Path, file: string | null];

/** Looks at the certificates that `record` names. */
export async function recordFiles(
  { record }: Pick<Config, 'record'>,
  now: number,
): Promise<{ readonly faults: Finding[]; readonly findings: Finding[] }> {
  const at = (name: string): Path => ['record', 'receivers', name];
  const authorities: Named[] = [
    ...record.receivers.map(({ name, place }): Named => [[...at(name), 'ca'], place.kind === 'file' ? null : place.ca]),
    ...record.witnesses.map(({ ca }, i): Named => [['record', 'witnesses', i, 'ca'], ca]),
  ];
  const checked = await Promise.all(
    authorities.map(([path, file]) => (file === null ? [] : checkAuthority(file, path))),
  );
  const shown = await Promise.all(
    record.receivers.flatMap(({ name, place }) =>
      place.kind !== 'file' && place.client !== null ? [checkTls(place.client, [...at(name), 'client'], now)] : [],
    ),
  );
  return {
    faults: [...checked.flat(), ...shown.flatMap(({ faults }) => faults)],
    findings: shown.flatMap(({ findings }) => findings),
  };
}
