import assert from 'node:assert/strict';
import { sha256Hex } from '../../src/lib/bytes.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { sbom } from '../../src/lib/sbom.ts';
import { VERSION } from '../../src/lib/version.ts';
import { recordConfiguration } from '../../src/manage/configuration.ts';
import { eachStore } from '../support/stores.ts';
import { CONFIG } from './reads/office.ts';

interface Bill {
  readonly metadata: { readonly component: { readonly version: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

eachStore('a configuration is on record with the software that it is in force with', async ({ store }) => {
  const ctx = { store, clock: systemClock };
  await recordConfiguration(ctx, CONFIG);
  await recordConfiguration(ctx, CONFIG);
  const rows = await store.audit.list({ kind: 'config.load', after: 0, limit: 10 });
  const said = rows.map(({ detail }) => JSON.parse(detail) as Record<string, string>);
  assert.equal(said.length, 2);
  for (const { sallyport, node, sbom: digest } of said) {
    assert.deepEqual([sallyport, node], [VERSION, process.versions.node]);
    assert.equal(digest, sha256Hex(sbom()));
    const kept = await store.log.document(digest ?? '');
    assert.equal(kept?.kind, 'sbom');
    const bill = JSON.parse(kept?.text ?? '') as Bill;
    assert.equal(bill.metadata.component.version, VERSION);
    const versions = new Map(bill.components.map(({ name, version }) => [name, version]));
    assert.equal(versions.get('node'), process.versions.node);
    assert.ok((versions.get('kysely') ?? '') !== '');
    assert.ok(!versions.has('typescript'), 'what is for development alone does not run');
  }
});
