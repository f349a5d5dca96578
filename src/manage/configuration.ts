import { record } from '../audit/audit.ts';
import { textOfConfig, textOfPreset } from '../config/texts.ts';
import type { Config } from '../config/types.ts';
import { sha256Hex } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { sbom } from '../lib/sbom.ts';
import { VERSION } from '../lib/version.ts';
import type { DocumentKind } from '../store/log-types.ts';
import type { Store } from '../store/types.ts';
import { meaningOf, slicesIn } from './in-force.ts';

interface Text {
  readonly digest: string;
  readonly kind: DocumentKind;
  readonly text: string;
}

const textOf = (kind: DocumentKind, text: string): Text => ({ kind, text, digest: sha256Hex(text) });

/** Presets that a configuration uses, each once. The meaning has their digests, app by app. */
function presetsOf({ apps }: Config): readonly Text[] {
  const found = new Map<string, Text>();
  for (const { login } of apps) {
    const text = login.kind === 'bound' ? textOfPreset(login.digest) : undefined;
    if (text === undefined) continue;
    const kept = textOf('preset', text);
    found.set(kept.digest, kept);
  }
  return [...found.values()];
}

/**
 * Puts on record that a configuration is in force, and the software that it is in force with: its text, its meaning and the bill of materials
 * are kept under their digests, with the presets that it uses. Rejects when it cannot be written: it is not on record then.
 */
export async function recordConfiguration(
  { store, clock }: { readonly store: Pick<Store, 'audit' | 'log'>; readonly clock: Clock },
  config: Config,
): Promise<void> {
  const meaning = textOf('configuration', meaningOf(config));
  const written = textOfConfig(config);
  const text = written === undefined ? meaning : textOf('configuration', written);
  const bill = textOf('sbom', sbom());
  const slices = slicesIn(config).map((each) => textOf('coverage', each));
  const detail = {
    file: config.file ?? 'arguments',
    apps: config.apps.map((app) => app.id).join(' '),
    realms: [...config.realms.keys()].join(' '),
    ...(config.console === null ? {} : { console: config.console.origin }),
    digest: text.digest,
    meaning: meaning.digest,
    sallyport: VERSION,
    node: process.versions.node,
    sbom: bill.digest,
    ...Object.fromEntries(slices.map(({ digest }, i) => [`slice.${i + 1}`, digest])),
  };
  // First what the entry names: a text that no entry names says nothing.
  for (const { digest, kind, text: content } of [text, meaning, bill, ...slices, ...presetsOf(config)])
    await store.log.putDocument({ digest, kind, text: content, at: clock.now() });
  await record(store.audit, clock, { kind: 'config.load', outcome: 'ok', actor: 'system', detail });
}
