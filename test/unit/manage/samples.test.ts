import assert from 'node:assert/strict';
import test from 'node:test';
import { addOrganisation, removeOrganisation } from '../../../src/manage/organisations.ts';
import { showOverview } from '../../../src/manage/overview.ts';
import { markSample } from '../../../src/manage/samples.ts';
import { inWorld } from '../login/world.ts';
import { askerWith } from './role-stage.ts';

test(
  'the overview names the organisations that the demonstration has made up, while they are there, to whoever sees them',
  inWorld(async (world) => {
    const { manage, store } = world;
    const [a, b] = [
      await addOrganisation.perform(manage, { name: 'Elm', realm: 'staff' }),
      await addOrganisation.perform(manage, { name: 'Oak', realm: 'staff' }),
    ];
    await addOrganisation.perform(manage, { name: 'Real', realm: 'staff' });
    const told = async (ctx = manage) => (await showOverview.ask(ctx, {})).samples;
    assert.deepEqual(await told(), []);
    for (const { id } of [a, b]) await markSample(store, id);
    assert.deepEqual([...(await told())].sort(), ['Elm', 'Oak']);
    const desk = await askerWith(world, [{ role: 'help-desk', organisation: b.id }]);
    assert.deepEqual(await told(desk), ['Oak']);
    await removeOrganisation.perform(manage, { organisation: a.id });
    assert.deepEqual(await told(), ['Oak']);
  }),
);
