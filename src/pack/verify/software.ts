import type { Claims } from './claims.ts';

/** What the bill of materials of a pack is to the software that was in force in its range, by the digests on record. */
export function softwareWords({ software, sbom: here }: Pick<Claims, 'software' | 'sbom'>): string {
  const named = software.filter(({ sbom }) => sbom !== null);
  const others = software.filter(({ sbom }) => sbom !== here);
  if (named.length === 0)
    return 'The record names no bill of materials for the range: sbom.json is that of the software that made the pack.';
  if (others.length === 0)
    return 'sbom.json is the bill of materials of the software that was in force, by its digest on record.';
  if (others.length === software.length)
    return 'sbom.json is that of other software than was in force in the range: tables/software.csv says which was, and when.';
  return 'sbom.json is that of software that was in force in a part of the range alone: tables/software.csv says what was besides, and when.';
}
