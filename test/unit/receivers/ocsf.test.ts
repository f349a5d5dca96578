import assert from 'node:assert/strict';
import test from 'node:test';
import { RETENTION } from '../../../src/audit/retention.ts';
import { itemOf } from '../../../src/receivers/items.ts';
import { OCSF } from '../../../src/receivers/ocsf/table.ts';

/**
 * By hand, of OCSF 1.3.0 (github.com/ocsf/ocsf-schema, tag 1.3.0: events/**, objects/*): activities of each class, attributes whose
 * requirement is "required", and constraints "at_least_one". What the base event requires stands in BASE.
 */
const BASE = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];
const CLASSES: Readonly<Record<number, { activities: number[]; required: string[]; oneOf?: string[] }>> = {
  1008: {
    activities: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    required: [],
    oneOf: ['file', 'log_name', 'log_provider', 'log_type', 'log_type_id'],
  },
  2004: { activities: [1, 2, 3], required: ['finding_info'] },
  3001: { activities: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], required: ['user'] },
  3002: { activities: [1, 2, 3, 4, 5, 6], required: ['user'], oneOf: ['service', 'dst_endpoint'] },
  3003: { activities: [1, 2], required: ['user'], oneOf: ['privileges', 'group'] },
  3004: { activities: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], required: ['entity'] },
  3005: { activities: [1, 2], required: ['user', 'privileges'] },
  3006: { activities: [1, 2, 3, 4, 5, 6], required: ['group'] },
  6002: { activities: [1, 2, 3, 4, 5, 6, 7, 8], required: ['app'] },
  6003: { activities: [1, 2, 3, 4], required: ['actor', 'api', 'src_endpoint'] },
};
/** Objects: what is required, and of what there must be one. */
const OBJECTS: Readonly<Record<string, { required: string[]; oneOf?: string[] }>> = {
  metadata: { required: ['product', 'version'] },
  product: { required: ['vendor_name'], oneOf: ['name', 'uid'] },
  app: { required: ['vendor_name'], oneOf: ['name', 'uid'] },
  user: { required: [], oneOf: ['account', 'name', 'uid'] },
  actor: { required: [], oneOf: ['process', 'user', 'invoked_by', 'session'] },
  src_endpoint: {
    required: [],
    oneOf: ['ip', 'uid', 'name', 'hostname', 'svc_name', 'instance_uid', 'interface_uid', 'interface_name', 'domain'],
  },
  finding_info: { required: ['title', 'uid'] },
  api: { required: ['operation'] },
  entity: { required: [], oneOf: ['name', 'uid'] },
  group: { required: [], oneOf: ['name', 'uid'] },
  service: { required: [], oneOf: ['name', 'uid'] },
};

type Fields = Readonly<Record<string, unknown>>;

function judged(name: string, value: Fields, { required, oneOf }: { required: string[]; oneOf?: string[] }): void {
  for (const each of required) assert.ok(value[each] !== undefined && value[each] !== null, `${name}: ${each}`);
  if (oneOf !== undefined)
    assert.ok(
      oneOf.some(
        (each) =>
          typeof value[each] === 'string' ||
          Array.isArray(value[each]) ||
          (typeof value[each] === 'object' && value[each] !== null),
      ),
      `${name}: one of ${oneOf.join(', ')}`,
    );
  for (const [key, inner] of Object.entries(value)) {
    const known = OBJECTS[key];
    if (known !== undefined && typeof inner === 'object' && inner !== null)
      judged(`${name}.${key}`, inner as Fields, known);
  }
}

function eventOf(kind: string, outcome: 'ok' | 'refused' | 'failed', detail: string, some: boolean): Fields {
  const who = some ? 'acc-1' : null;
  const entry = {
    seq: 9,
    at: 1_764_460_800_000,
    kind,
    outcome,
    actor: 'cli:root',
    accountId: who,
    sessionId: who,
    appId: some ? 'portal' : null,
    source: some ? '2001:db8::7' : null,
    detail,
    salt: '',
  } as const;
  return JSON.parse(itemOf('log/a', { idx: 4, seq: 9, hash: 'aGFzaA==', sealedAt: 5, entry }, 'ocsf').text) as Fields;
}

test('the table knows every kind of entry, and an event of each has what its class requires', () => {
  assert.deepEqual(Object.keys(OCSF).sort(), Object.keys(RETENTION).sort());
  for (const kind of [...Object.keys(RETENTION), 'a-kind.of-later'])
    for (const outcome of ['ok', 'refused', 'failed'] as const)
      for (const [detail, some] of [
        ['{}', false],
        ['{"role":"owner","name":"x","organisation":"y"}', true],
        ['not json', true],
        ['null', false],
        ['[]', true],
      ] as const) {
        const event = eventOf(kind, outcome, detail, some);
        const known = CLASSES[event['class_uid'] as number];
        assert.ok(known !== undefined, kind);
        judged(kind, event, {
          required: [...BASE, ...known.required],
          ...(known.oneOf === undefined ? {} : { oneOf: known.oneOf }),
        });
        const { class_uid, category_uid, activity_id, type_uid, activity_name } = event as Record<string, number>;
        assert.ok(known.activities.includes(Number(activity_id)) || activity_id === 99, kind);
        assert.equal(activity_id === 99, activity_name !== undefined);
        assert.equal(category_uid, Math.floor(Number(class_uid) / 1000));
        assert.equal(type_uid, Number(class_uid) * 100 + Number(activity_id));
      }
});

test('nothing of an entry is left out of its event', () => {
  const event = eventOf('sign-in.second', 'refused', '{"cause":"wrong-code","n":3}', true);
  assert.deepEqual(event['unmapped'], {
    log: 'log/a',
    index: 4,
    seq: 9,
    app: 'portal',
    leaf: 'aGFzaA==',
    detail: { cause: 'wrong-code', n: 3 },
  });
  assert.deepEqual(
    [event['class_uid'], event['status_id'], event['user'], event['src_endpoint']],
    [3002, 2, { uid: 'acc-1' }, { ip: '2001:db8::7' }],
  );
  assert.deepEqual((event['metadata'] as Fields)['uid'], 'log/a/4');
});
