import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import test, { type TestContext } from 'node:test';
import { command } from '../support/command.ts';
import { type Fleet, fleet, type Node } from '../support/fleet.ts';
import { run } from '../support/process.ts';
import type { RecordingUpstream } from '../support/upstream.ts';

interface Hammer {
  /** Counts from here on: only what is sent from now. */
  mark(): void;
  served(): number;
  asked(): number;
  stop(): Promise<void>;
}

/** Asks all the time, on two connections that stay open, and leaves the machine some room; ends with its test at the latest. */
function hammer(t: TestContext, port: number, cookie: string): Hammer {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  let going = true;
  let round = 0;
  let [served, asked] = [0, 0];
  const once = () =>
    new Promise<void>((resolve) => {
      const began = round;
      const headers = { Host: 'app.test', Cookie: cookie, 'X-Round': String(round) };
      asked += 1;
      const sent = request({
        port,
        host: '127.0.0.1',
        path: '/ops/x',
        agent,
        headers,
      });
      sent.on('response', (response) => {
        if (response.statusCode === 200 && began === round) served += 1;
        response.resume();
        response.once('close', resolve);
      });
      sent.on('error', () => resolve());
      sent.end();
    });
  const loops = Array.from({ length: 2 }, async () => {
    while (going) {
      await once();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  t.after(() => {
    going = false;
    agent.destroy();
  });
  return {
    mark: () => {
      served = 0;
      asked = 0;
      round += 1;
    },
    served: () => served,
    asked: () => asked,
    stop: async () => {
      going = false;
      await Promise.all(loops);
      agent.destroy();
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !holds(); ) {
    if (performance.now() > end) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Ended = Awaited<ReturnType<Fleet['session']>>;
const COMMANDS: Readonly<Record<string, (of: Ended) => readonly string[]>> = {
  'session revoke ID': ({ id }) => ['session', 'revoke', id],
  'session revoke --account': ({ account }) => ['session', 'revoke', '--account', account],
  'session revoke --app': () => ['session', 'revoke', '--app', 'portal'],
  'session revoke --all': () => ['session', 'revoke', '--all'],
  'account disable': ({ account }) => ['account', 'disable', account],
  'account set --groups': ({ account }) => ['account', 'set', account, '--groups', ''],
  'account set --remove-group': ({ account }) => ['account', 'set', account, '--remove-group', 'ops'],
  'account remove': ({ account }) => ['account', 'remove', account],
  'authenticator remove': ({ totp }) => ['authenticator', 'remove', totp],
};

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: once a command that ends something has returned, no node serves one request more`, async (t) => {
    // Time enough for a busy machine to hear each node: one that is not heard in time is the next test.
    const { upstream, nodes, session } = await fleet(t, kind, '10s');
    for (const [name, words] of Object.entries(COMMANDS)) {
      const ended = await session();
      const hammers = nodes.map(({ port }) => hammer(t, port, ended.cookie));
      await until(() => hammers.every((each) => each.served() > 10));
      const ran = await command(...words(ended), '--json', '--config', nodes[0]?.file ?? '');
      for (const each of hammers) each.mark();
      const hits = upstream.hits;
      assert.equal(ran.code, 0, `${name}: ${ran.err}`);
      const { in_force: force } = JSON.parse(ran.out) as { in_force: { confirmed: string[]; silent: unknown[] } };
      assert.equal(force.confirmed.length, nodes.length, name);
      for (const { process } of nodes) {
        const confirmed = force.confirmed.some((each) => each.includes(`process ${process.child.pid}`));
        assert.ok(confirmed, `${name}: ${ran.out}`);
      }
      assert.deepEqual(force.silent, []);
      await until(() => hammers.every((each) => each.asked() > 20));
      for (const each of hammers) assert.equal(each.served(), 0, name);
      assert.equal(upstream.hits, hits, name);
      await Promise.all(hammers.map((each) => each.stop()));
    }
  });

  test(`${kind}: a node that stood still while access ended serves nothing of it when it goes on`, async (t) => {
    const { upstream, nodes, session } = await fleet(t, kind);
    const ended = await session();
    const frozen = nodes.at(-1) as Node;
    const before = nodes.map(({ port }) => hammer(t, port, ended.cookie));
    await until(() => before.every((each) => each.served() > 10));
    // Nothing is under way when it stops: what had passed its check a moment before would rightly be sent on.
    await Promise.all(before.map((each) => each.stop()));
    frozen.process.child.kill('SIGSTOP');
    // What is asked from here on waits in the kernel, or is refused.
    const early = hammer(t, frozen.port, ended.cookie);
    await until(() => early.asked() >= 2);
    const ran = await run('account', 'disable', ended.account, '--config', nodes[0]?.file ?? '');
    assert.equal(ran.code, 0, ran.err);
    assert.doesNotMatch(ran.err, new RegExp(`In force on .*process ${frozen.process.child.pid}\\b`));
    // However long the command took to begin, the node is named.
    const named = new RegExp(`process ${frozen.process.child.pid}\\)? (?:has not answered in|was last heard of) `);
    assert.match(ran.err, named);
    for (const { process } of nodes.slice(0, -1))
      assert.match(ran.err, new RegExp(`In force on .*process ${process.child.pid}\\b`));
    const hits = upstream.hits;
    const hammers = [early, ...nodes.map(({ port }) => hammer(t, port, ended.cookie))];
    await until(() => hammers.every((each) => each.asked() >= 2));
    frozen.process.child.kill('SIGCONT');
    await until(() => hammers.every((each) => each.asked() > 20));
    for (const each of hammers) assert.equal(each.served(), 0);
    assert.equal(upstream.hits, hits);
    await Promise.all(hammers.map((each) => each.stop()));
  });
}

const sentAfter = ({ headers }: RecordingUpstream['requests'][number]) =>
  headers.some(([name, value]) => name.toLowerCase() === 'x-round' && value === '1');

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: what a key rotated at once has withdrawn signs nothing more when the command has returned`, async (t) => {
    const { upstream, nodes, session } = await fleet(t, kind);
    const { cookie } = await session();
    const hammers = nodes.map(({ port }) => hammer(t, port, cookie));
    await until(() => hammers.every((each) => each.served() > 0));
    const ran = await run('key', 'rotate', '--now', '--json', '--config', nodes[0]?.file ?? '');
    assert.equal(ran.code, 0, ran.err);
    const { id } = JSON.parse(ran.out) as { id: string };
    for (const each of hammers) each.mark();
    await until(() => hammers.every((each) => each.served() > 20));
    const used = new Set(
      // What was on its way already when the command returned is of the round before.
      upstream.requests.filter(sentAfter).map(({ headers }) => {
        const token = headers.find(([name]) => name.toLowerCase() === 'sallyport-assertion')?.[1] ?? '';
        return (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
      }),
    );
    assert.deepEqual([...used], [id]);
    await Promise.all(hammers.map((each) => each.stop()));
  });
