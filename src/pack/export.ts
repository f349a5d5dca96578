import { Sealer } from '../audit/sealer.ts';
import { type EvidencePlan, type Exporting, recordEvidence } from '../manage/evidence.ts';
import { type LogKeyContext, logKeyOf } from '../manage/log-key.ts';
import type { Signer } from '../tlog/key.ts';
import { membersOf } from './write/members.ts';
import { type PackParts, writePack } from './write/pack.ts';
import { lastUses } from './write/uses.ts';

/** Whoever exports, judged already (manage/evidence.ts), and what the key of the log is opened with. */
export type ExportContext = Exporting & LogKeyContext;

export interface ExportOptions {
  /** A head that the reader holds. */
  readonly checkpoint?: string | undefined;
  readonly onProgress?: PackParts['onProgress'];
  /** Hears what was put on record. */
  readonly onDigest?: (digest: string) => void;
}

/** Everything that is on record gets its place first: no server need run. */
async function seal({ store, clock }: ExportContext, key: Signer): Promise<void> {
  await new Sealer({ store, clock, key: async () => key, ordered: false }).turn();
}

async function membersIn({ store }: ExportContext, { organisation, to }: EvidencePlan) {
  if (organisation === null) return null;
  const today = await store.accounts.list(organisation.realm, new Set([organisation.id]));
  return membersOf(store.audit, { organisation: organisation.id, to }, new Set(today.map(({ id }) => id)));
}

/**
 * The pack that was planned, as one ZIP, written as it is read; on record before its last bytes, so that nobody holds a whole
 * pack of which nothing is said. Throws what `writePack` throws.
 */
export async function* exportEvidence(
  ctx: ExportContext,
  plan: EvidencePlan,
  options: ExportOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const key = await logKeyOf(ctx);
  await seal(ctx, key);
  const { from, to, organisation, redact } = plan;
  const sight = { members: await membersIn(ctx, plan), apps: new Set(plan.apps) };
  yield* writePack(
    {
      store: ctx.store,
      key,
      now: ctx.clock.now(),
      ...sight,
      uses: await lastUses(ctx.store.audit, plan, sight),
      checkpoint: options.checkpoint ?? null,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      async onManifest(digest, { size: sealed }) {
        const about = { from, to, organisation: organisation?.id ?? null, redacted: redact };
        await recordEvidence.perform(ctx, { ...about, digest, sealed });
        options.onDigest?.(digest);
      },
    },
    { from, to, organisation, redact },
  );
}
