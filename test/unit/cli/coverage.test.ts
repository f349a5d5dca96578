import assert from 'node:assert/strict';
import test from 'node:test';
import { momentIn } from '../../../src/cli/coverage.ts';
import { coverageHtml } from '../../../src/cli/coverage-html.ts';
import { answerLines, wantingLines } from '../../../src/cli/coverage-words.ts';
import { configFromArguments } from '../../../src/config/load.ts';
import { recordConfiguration } from '../../../src/manage/configuration.ts';
import { wholeCoverage } from '../../../src/manage/coverage.ts';
import { addAccount } from '../../support/manage.ts';
import { enrolled, inWorld } from '../login/world.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

test('a day is its end, today is now, and what is no day is refused', () => {
  assert.equal(momentIn('2026-08-02', NOW), Date.parse('2026-08-02T23:59:59.999Z'));
  assert.equal(momentIn('2026-11-20', NOW), NOW);
  assert.equal(momentIn('2026-08-02T09:30Z', NOW), Date.parse('2026-08-02T09:30:00Z'));
  for (const typed of ['2026-02-31', '2026-13-01', 'yesterday', '2026-08-02T09:30', '02.08.2026', ''])
    assert.throws(() => momentIn(typed, NOW), /--at takes a day/, typed);
});

test(
  'the report answers first, names what is wanting, and escapes what people are called',
  inWorld(async (world) => {
    const { manage, store, clock, wiki } = world;
    const config = { ...configFromArguments({}), realms: manage.config.realms, apps: manage.config.apps };
    await recordConfiguration({ store, clock }, config);
    await enrolled(world, wiki, 'alice');
    await addAccount(manage, { name: 'bob', realm: 'staff' });
    const answer = await wholeCoverage(manage, {});
    assert.equal(answer.summary.accounts.protected, 1);
    assert.equal(answer.summary.accounts.none, 1);
    assert.match(answerLines(answer).join('\n'), /with a password alone: none/);
    assert.deepEqual(
      answer.rows.map(({ class: how }) => how),
      ['protected', 'none'],
    );
    const named = { ...answer, rows: answer.rows.map((row) => ({ ...row, name: '<script>x</script>' })) };
    const page = coverageHtml(named);
    assert.ok(page.includes('&lt;script&gt;') && !page.includes('<script>'));
    assert.ok(!/(src|href)=/.test(page));
    const open = { what: 'origin-open', app: 'wiki', count: 1, basis: [7] } as const;
    assert.match(wantingLines({ ...answer, wanting: [open] })[0] ?? '', /wiki: answered others .*entries 7/);
  }),
);
