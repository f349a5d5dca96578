import type { View } from './check.ts';
import { type Finding, type Path, valueAt } from './source.ts';

/** More of either would be a mistake, and each is sent to at its own pace. */
const MOST = 16;

type WrittenReceiver = View['sound']['record']['receivers'][string];

/** What would do nothing where it stands is a mistake. */
function* misplaced(receiver: WrittenReceiver, path: Path): Generator<Finding> {
  const { to, secret_file, ca, client } = receiver;
  const from: Path[] = [[...path, 'to']];
  if (secret_file !== undefined && to.kind !== 'webhook')
    yield { path: [...path, 'secret_file'], message: 'This is for a webhook only. Remove it.', from };
  const plain = to.kind === 'file' || (to.kind === 'webhook' && to.url.startsWith('http:'));
  for (const [key, value] of Object.entries({ ca, client }))
    if (plain && value !== undefined)
      yield { path: [...path, key], message: 'This is for TLS only. Remove it, or correct to.', from };
}

/** Each receiver has the options of its place, and no two write to one file. */
export function* checkReceivers({ sound }: View): Generator<Finding> {
  const receivers = Object.entries(sound.record.receivers);
  if (receivers.length > MOST) yield { path: ['record', 'receivers'], message: `Expected at most ${MOST} receivers.` };
  const files = new Map<string, string>();
  const heads = sound.record.checkpoints.file;
  for (const [name, receiver] of receivers) {
    const path = ['record', 'receivers', name];
    yield* misplaced(receiver, path);
    if (receiver.what.length === 0)
      yield { path: [...path, 'what'], message: 'It would be sent nothing. Name a sort of entry, or remove what.' };
    if (receiver.to.kind !== 'file') continue;
    const file = receiver.to.path;
    const taken = file === heads ? 'Heads are written' : files.has(file) ? `${files.get(file)} writes` : undefined;
    if (taken !== undefined) yield { path: [...path, 'to'], message: `${taken} to this file. Name another.` };
    files.set(file, name);
  }
}

/** Heads are mailed by the mail server that is there, and cosigned where somebody can ask for it. */
export function* checkHeads({ sound, raw }: View): Generator<Finding> {
  const { checkpoints, witnesses, witness_for: logs } = sound.record;
  if (checkpoints.mail.length > 0 && valueAt(raw, ['mail']) === undefined)
    yield { path: ['record', 'checkpoints', 'mail'], message: 'There is no mail server. Add mail, or remove this.' };
  for (const [key, list] of [
    ['witnesses', witnesses],
    ['witness_for', logs],
  ] as const) {
    if (list.length > MOST) yield { path: ['record', key], message: `Expected at most ${MOST} of them.` };
    const seen = new Set<string>();
    for (const [i, each] of list.entries()) {
      const name = each.key.slice(0, each.key.indexOf('+'));
      const what = key === 'witness_for' && 'origin' in each ? (each.origin ?? name) : name;
      if (seen.has(what)) yield { path: ['record', key, i], message: 'This stands here twice. Remove one.' };
      seen.add(what);
    }
  }
  if (logs.length > 0 && valueAt(raw, ['console']) === undefined)
    yield {
      path: ['record', 'witness_for'],
      message: 'Heads are cosigned at the address of the console, and there is none. Add console, or remove this.',
    };
  for (const [i, { url, ca }] of witnesses.entries())
    if (ca !== undefined && url.startsWith('http:'))
      yield { path: ['record', 'witnesses', i, 'ca'], message: 'An authority is for https only. Remove ca.' };
}
