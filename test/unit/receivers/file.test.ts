import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { entriesParcel } from '../../../src/receivers/items.ts';
import { lines } from '../../../src/receivers/places/file.ts';
import { folderFor } from '../../support/receivers.ts';

const LOG = 'sallyport.record/0123456789abcdef';
const parcel = (from: number, to: number, log = LOG) =>
  entriesParcel(
    log,
    from,
    to,
    Array.from({ length: to - from }, (_, i) => ({
      ...({ index: from + i, seq: from + i, at: 1, outcome: 'ok', kind: 'server.start' } as const),
      text: JSON.stringify({ type: 'record.entry', log, index: from + i }),
    })),
  );
const soon = () => AbortSignal.timeout(5_000);
const indexesIn = async (path: string) =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => (JSON.parse(line) as { index: number }).index);

test('lines are appended, for this user alone, and what stands there already is not written again', async (t) => {
  const path = join(await folderFor(t), 'record.ndjson');
  const place = lines(path);
  await place.send(parcel(0, 3), soon());
  await place.send(parcel(0, 5), soon());
  await place.send(parcel(5, 6), soon());
  assert.deepEqual(await indexesIn(path), [0, 1, 2, 3, 4, 5]);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('a line that a crash tore is ended, and its entry comes again whole', async (t) => {
  const path = join(await folderFor(t), 'record.ndjson');
  const place = lines(path);
  await place.send(parcel(0, 3), soon());
  await appendFile(path, '{"type":"record.entry","log":"sallyport.rec');
  await place.send(parcel(3, 5), soon());
  assert.deepEqual(await indexesIn(path), [0, 1, 2, 3, 4]);
  assert.equal((await readFile(path, 'utf8')).split('\n')[3], '{"type":"record.entry","log":"sallyport.rec');
});

test('a file that was moved away is followed by a new one', async (t) => {
  const folder = await folderFor(t);
  const path = join(folder, 'record.ndjson');
  const place = lines(path);
  await place.send(parcel(0, 2), soon());
  await rename(path, join(folder, 'record.1'));
  await place.send(parcel(2, 4), soon());
  assert.deepEqual(await indexesIn(path), [2, 3]);
});

test('the indexes of another log are not those of ours', async (t) => {
  const path = join(await folderFor(t), 'record.ndjson');
  await lines(path).send(parcel(0, 9, 'sallyport.record/fedcba9876543210'), soon());
  await lines(path).send(parcel(0, 2), soon());
  assert.deepEqual(await indexesIn(path), [0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1]);
});

test('what is no file, or not to be had, is told by its cause', async (t) => {
  const folder = await folderFor(t);
  await mkdir(join(folder, 'folder'));
  await assert.rejects(lines(join(folder, 'folder')).send(parcel(0, 1), soon()), { message: 'EISDIR' });
  await assert.rejects(lines(join(folder, 'absent', 'file')).send(parcel(0, 1), soon()), { message: 'ENOENT' });
  await assert.rejects(lines('/dev/full').send(parcel(0, 1), soon()), { message: 'not a file' });
});
