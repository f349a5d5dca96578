import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BoundLogin, LoginStep } from '../../src/config/login-types.ts';
import { presetNames } from '../../src/config/preset/load.ts';
import { DirectClient } from '../../src/workbench/direct/client.ts';
import { emptyJar } from '../../src/workbench/direct/cookies.ts';
import { entryLines } from '../../src/workbench/direct/entry.ts';
import { expectedOf } from '../../src/workbench/direct/form-fit.ts';
import type { Line } from '../../src/workbench/direct/line.ts';
import { appAt } from '../../src/workbench/direct/place.ts';
import { signIn } from '../../src/workbench/direct/sign-in.ts';
import { FormApp } from '../support/form-app.ts';
import { expectedForm, type Mutation, mutations, pageText } from '../support/preset-forms.ts';
import { neededParams, presetOf } from '../support/preset-sign-ins.ts';
import { bound, ORIGIN } from '../unit/presets-files/presets.ts';

let app: FormApp;
before(async () => {
  app = await FormApp.start();
});
after(() => app.close());

interface Tried {
  readonly login: BoundLogin;
  readonly step: LoginStep;
}

function of(name: string): Tried | null {
  const login = bound(name, neededParams(presetOf(name)));
  const [step] = login.steps;
  return step === undefined ? null : { login, step };
}

function clientFor(login: BoundLogin): DirectClient {
  const configured = () => appAt({ upstream: app.origin, origin: ORIGIN, host: 'preserve' }, login);
  return new DirectClient({ origin: app.origin, seenAs: ORIGIN, configured });
}

async function linesOf({ login }: Tried, page: string): Promise<readonly Line[]> {
  app.page = () => page;
  const client = clientFor(login);
  try {
    return await entryLines({ client, login });
  } finally {
    await client.close();
  }
}

/** All that is said of forms. */
const ofForms = (lines: readonly Line[]) => lines.filter(({ what }) => /form/.test(what));

function hold(told: readonly Line[], { what, says, verdict = 'fail', besides }: Mutation): void {
  const said = `${what}: ${JSON.stringify(told)}`;
  const compared = told.find((line) => line.what === 'form, as a browser sends it');
  if (says === 'step') {
    assert.deepEqual([compared?.verdict, compared?.found], ['ok', 'that step'], said);
    const more = told.filter((line) => line.verdict === 'note').map(({ found }) => found);
    assert.equal(more.length, besides === undefined ? 0 : 1, said);
    if (besides !== undefined) assert.match(more[0] ?? '', besides, said);
    return;
  }
  assert.notEqual(compared?.verdict, 'ok', said);
  assert.ok(
    told.some(
      (line) =>
        line.verdict === verdict && line.found.split('; ').some((_, i, all) => says.test(all.slice(i).join('; '))),
    ),
    said,
  );
}

for (const name of presetNames()) {
  const tried = of(name);
  if (tried === null) continue;
  const { login, step } = tried;
  const byForm = step.type === 'form' && !step.script;
  describe(name, () => {
    if (byForm)
      test('the form that it expects is its sign-in, and each change of it is said and is never ok', async () => {
        for (const mutation of mutations(login, step, expectedOf(step)))
          hold(ofForms(await linesOf(tried, mutation.page)), mutation);
      });
    else if (step.type !== 'basic')
      test('what a script sends is not taken for compared, whatever form the page shows', async () => {
        const form = expectedForm(login, step);
        for (const action of ['/zz-elsewhere', form.attributes['action'] ?? '']) {
          const told = ofForms(await linesOf(tried, pageText({ ...form, attributes: { ...form.attributes, action } })));
          assert.deepEqual(
            told.map(({ verdict }) => verdict),
            ['note'],
            JSON.stringify(told),
          );
          assert.match(told[0]?.found ?? '', /is not compared$/);
        }
      });

    if (byForm)
      test('what is sent is the form as it is shown, tokens of the page and all, to where it leads', async () => {
        const form = expectedForm(login, step);
        const hidden = form.controls.filter((control) => control.type === 'hidden' && control.value === 'x');
        let shown = 0;
        app.page = ({ method }) => {
          if (method === 'GET') shown += 1;
          const controls = form.controls.map((each) =>
            hidden.includes(each) ? { ...each, value: `token-${shown}` } : each,
          );
          return pageText({ ...form, controls });
        };
        const client = clientFor(login);
        try {
          app.received.length = 0;
          await signIn({ client, login }, { account: 'alice', password: 'pass-word' }, emptyJar());
        } finally {
          await client.close();
        }
        const sent = app.received.find(({ method }) => method === 'POST');
        assert.ok(sent !== undefined, JSON.stringify(app.received));
        assert.equal(sent.target, form.attributes['action']);
        const pairs = new URLSearchParams(sent.body);
        for (const { name: field } of hidden) assert.equal(pairs.get(field), 'token-1', field);
        assert.equal([...pairs].length, form.controls.length, sent.body);
        assert.ok([...pairs.values()].includes('pass-word'));
      });

    if (byForm)
      test('a form that goes elsewhere signs nobody in: nothing is sent', async () => {
        const form = expectedForm(login, step);
        app.page = () => pageText({ ...form, attributes: { ...form.attributes, action: '/zz-elsewhere' } });
        const client = clientFor(login);
        try {
          app.received.length = 0;
          const { outcome, why } = await signIn({ client, login }, { account: 'alice', password: 'p' }, emptyJar());
          assert.equal(outcome, 'unknown');
          assert.match(why ?? '', /^the form of the page is not step .*: it goes to POST \/zz-elsewhere/);
        } finally {
          await client.close();
        }
        assert.deepEqual(
          app.received.filter(({ method }) => method !== 'GET'),
          [],
        );
      });
  });
}
