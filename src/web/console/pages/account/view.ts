import type { AccountPageView } from '../../../../manage/account-page.ts';
import type { InvitationView } from '../../../../manage/invitations-list.ts';
import type { Said } from '../../said.ts';
import type { Typed } from '../parts/form.ts';
import type { Organisations } from '../parts/people.ts';

/** One account, as its page is told of it. */
export interface AccountView extends AccountPageView {
  readonly organisations: Organisations;
  /** The newest link that went out by e-mail; undefined: none did. */
  readonly invitation?: InvitationView | undefined;
  readonly said: Said;
  readonly typed: Typed;
}

/** Whom acts of the page are upon. */
export function personOf({ account }: Pick<AccountView, 'account'>) {
  const { id, organisationId, roles } = account;
  return { id, organisationId, roles };
}
