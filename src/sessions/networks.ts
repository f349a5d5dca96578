import { SallyportError } from '../errors.ts';
import type { AccountRow, OrganisationStore } from '../store/types.ts';
import { policyOf } from './policy.ts';
import type { Session } from './session.ts';

/** The refusal of whoever comes from none of the networks that their organisation names. Said only after all that they prove. */
export function elsewhere(): SallyportError {
  return new SallyportError('wrong-network', 'not from a network of the organisation');
}

/**
 * Whether the account's organisation lets nobody in from there. Read in the transaction that would open the session, so that
 * what was made stricter a moment ago holds. `source`: address of the client. Throws `store-unavailable`.
 */
export async function fromElsewhere(
  tx: { readonly organisations: Pick<OrganisationStore, 'byId'> },
  { organisationId }: Pick<AccountRow, 'organisationId'>,
  source: string,
): Promise<boolean> {
  const text = (await tx.organisations.byId(organisationId))?.policy;
  const policy = text === undefined ? null : policyOf(text);
  return policy !== null && policy.barredNetwork(source) !== null;
}

/** Throws `wrong-network` where a session was carried to a network that its organisation does not name. */
export function needNetwork({ policy }: Session, source: string): void {
  if (policy !== null && policy.barredNetwork(source) !== null) throw elsewhere();
}
