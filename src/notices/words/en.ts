import type { NoticeWords } from './words.ts';

export const en: NoticeWords = {
  greeting: 'Hello,',
  subject: {
    'authenticator-added': 'A sign-in method was added to your account',
    'authenticator-removed': 'A sign-in method was removed from your account',
    'authenticator-disabled': 'A sign-in method on your account was blocked',
    'passkey-copied': 'A passkey for your account may have been copied',
    'recovery-codes-replaced': 'New recovery codes for your account',
    'recovery-code-used': 'One of your recovery codes was used',
    'password-changed': 'Your password was changed',
    'ticket-issued': 'An enrolment link was created for your account',
    'ticket-used': 'The enrolment link for your account was used',
    'email-changed': 'The e-mail address of your account was changed',
    'account-disabled': 'Your account was disabled',
  },
  happened: {
    'authenticator-added': 'A new sign-in method was added to your account.',
    'authenticator-removed': 'A sign-in method was removed from your account. It no longer works.',
    'authenticator-disabled': 'A sign-in method on your account was blocked because too many wrong codes were entered.',
    'passkey-copied':
      'A passkey for your account was refused because it may have been copied. Remove it on your account page and set up a new one.',
    'recovery-codes-replaced': 'New recovery codes were made for your account. The old ones no longer work.',
    'recovery-code-used': 'A recovery code was used to sign in to your account. It cannot be used again.',
    'password-changed': 'Your password was changed.',
    'ticket-issued':
      'An administrator created an enrolment link for your account. Anyone who has the link can add a sign-in method.',
    'ticket-used': 'The enrolment link for your account was used.',
    'email-changed':
      'An administrator changed or removed the e-mail address of your account. From now on, messages about your account no longer come to this address.',
    'account-disabled': 'An administrator disabled your account. You have been signed out everywhere.',
  },
  resets: 'The link can also be used to choose a new password.',
  facts: {
    label: 'Sign-in method',
    portal: 'Site',
    when: 'When',
    source: 'Network address',
    by: 'Done by',
  },
  administrator: 'an administrator',
  remedy: {
    owner: {
      fine: 'If this was you, you do not need to do anything.',
      otherwise: 'If it was not you:',
    },
    administrator: {
      fine: 'If you asked for this or expected it, you do not need to do anything.',
      otherwise: 'If you did not:',
    },
    guessed: {
      fine: 'If this was you, sign in another way or ask for help.',
      otherwise: 'If it was not you, someone may know your password:',
    },
    closed: {
      fine: 'If you expected this, you do not need to do anything.',
      otherwise: 'If you did not:',
    },
  },
  steps: {
    open: 'Open this page and sign out everywhere:',
    openUnnamed: 'Open your account page and sign out everywhere.',
    contact: 'Get in touch with us:',
    contactUnnamed: 'Contact your administrator.',
  },
  footer: 'This message was sent automatically. We will never ask you for a password or a code by e-mail.',
};
