import assert from 'node:assert/strict';
import test from 'node:test';
import { LetThrough } from '../../../src/watch/canary/let-through.ts';

type Audit = ConstructorParameters<typeof LetThrough>[0]['audit'];

/** The record, of which the first entries fail. */
function recordThatFails(times: number): {
  readonly audit: Audit;
  readonly kept: string[];
  readonly tried: () => number;
} {
  const kept: string[] = [];
  let tried = 0;
  const append: Audit['append'] = async (rows) => {
    const detail = [rows].flat()[0]?.detail ?? '';
    tried += 1;
    await Promise.resolve();
    if (tried <= times) throw new Error('no room');
    kept.push(detail);
  };
  return { audit: { append } as Partial<Audit> as Audit, kept, tried: () => tried };
}

const clock = { now: () => 0, monotonic: () => 0 };
const token = `0.${Buffer.alloc(16, 1).toString('base64url')}.x`;

test('what was let through and could not be put on record goes nowhere, and the next one is put on record', async () => {
  const { audit, kept } = recordThatFails(1);
  const told = new LetThrough({ audit }, clock);
  const first = await Promise.allSettled(['/a', '/b'].map((path) => told.tell(token, 'app', `GET ${path}`)));
  assert.deepEqual(
    first.map(({ status }) => status),
    ['rejected', 'rejected'],
    'nothing leaves before it is on record',
  );
  await told.tell(token, 'app', 'GET /c');
  assert.match(kept.join(), /^\{"letThrough":"GET \/c","run":"0101010101010101"\}$/);
});

test('many at once are one entry, and none leaves before it is written', async () => {
  const { audit, kept, tried } = recordThatFails(0);
  const told = new LetThrough({ audit }, clock);
  await Promise.all(Array.from({ length: 20 }, (_, i) => told.tell(token, 'app', `GET /${i}`)));
  assert.deepEqual([kept.length, tried()], [1, 1]);
  await told.tell(token, 'other', 'GET /');
  assert.equal(kept.length, 2);
});
