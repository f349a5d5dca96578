/**
 * Acts of administrators that can be made to want a second person (`console.two_person`): those that change who can get in, or let
 * again what was closed. The link of a ticket is shown to whoever confirms. A token is not among them: whatever it does waits all the same.
 */
export const TWO_PERSON = [
  'account.enable',
  'account.move',
  'account.remove',
  'app-name.remove',
  'app-name.set',
  'authenticator.remove',
  'key.rotate',
  'lock-down.end',
  'organisation.remove',
  'organisation.restrict',
  'role.grant',
  'role.revoke',
  'session.revoke-all',
  'ticket.issue',
] as const;
export type TwoPersonAct = (typeof TWO_PERSON)[number];
