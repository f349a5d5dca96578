/**
 * Everything that our pages say, in English. The other languages have the same shape (words.ts), so that a sentence that
 * is missing does not compile. Names and moments are never glued into a sentence: they stand beside a label, which works
 * in every language and in both writing directions. `{time}` stays as it is: a script puts a length of time there.
 */
export const en = {
  language: 'en',
  /** For Intl: days, months, digits. */
  locale: 'en-GB',
  dir: 'ltr',

  common: {
    continue: 'Continue',
    confirm: 'Confirm',
    signIn: 'Sign in',
    optional: '(optional)',
    account: 'Account',
    toPortal: 'Go to the portal',
    toAccount: 'Your account',
    needHelp: 'Need help?',
    language: 'Language',
    step: (n: number, of: number) => `Step ${n} of ${of}`,
    /** Joins parts of one line, such as the host and the step. */
    between: ' · ',
    /** After these the browser opens another tab. */
    newTab: '(opens a new tab)',
  },

  field: {
    account: 'Account name',
    password: 'Password',
    newPassword: 'New password',
    samePassword: 'The same password again',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    code: '6-digit code',
    recoveryCode: 'Recovery code',
    recoveryCodeHint: 'Four groups of four letters and digits. Capital or small letters make no difference.',
    name: 'Name',
  },

  signIn: {
    title: 'Sign in',
    leadLocal: 'Enter your account name and password. The next step asks for your passkey or a code.',
    leadLocalCodes: 'Enter your account name and password. The next step asks for a code from your authenticator app.',
    leadApp: 'Confirm your sign-in here first. The portal may ask for your password after that.',
    withPasskey: 'Sign in with a passkey',
    withPasskeyHint: 'With your fingerprint, face, device PIN or security key. No name to type.',
    or: 'or',
    otherWays: 'Other ways to sign in',
    useTotp: 'Use a code from your authenticator app',
    useRecovery: 'Use a recovery code',
    usePasskey: 'Use a passkey',
    restart: 'Start again with another account',
    goBack: 'Go back without confirming',
    lost: 'Lost your device?',
    lostRecovery:
      'If you saved recovery codes when you set up your sign-in, one of them lets you in: enter your account name first, then choose “Use a recovery code”.',
    lostRecoveryHere: 'If you saved recovery codes when you set up your sign-in, one of them lets you in.',
    lostLink:
      'No codes left? Ask the people who run this portal for a new enrolment link. They will check that it is you.',
  },

  totpCode: {
    title: 'Enter your code',
    titleStepUp: 'Confirm that it is you',
    lead: 'Enter the 6-digit code that your authenticator app shows now.',
    leadStepUp: 'This needs a fresh confirmation. Enter the 6-digit code that your authenticator app shows now.',
    wrong:
      'That code did not match. Enter the newest code that the app shows, and check that your phone sets its time automatically.',
    empty: 'Please enter the code.',
  },

  recovery: {
    title: 'Use a recovery code',
    lead: 'Enter one of the recovery codes that you saved when you set up your sign-in. Each code works once.',
    noneLeft:
      'No codes left? Ask the people who run this portal for a new enrolment link. They will check that it is you.',
    wrong: 'That code did not match. Check it letter by letter, or use another one from your list.',
  },

  passkey: {
    title: 'Use your passkey',
    titleStepUp: 'Confirm that it is you',
    lead: 'Your browser asks for your fingerprint, face, device PIN or security key.',
    leadStepUp:
      'This needs a fresh confirmation. Your browser asks for your fingerprint, face, device PIN or security key.',
    titleOnly: 'A passkey is needed here',
    leadOnly: 'This part of the portal is open only after you confirm with a passkey. Codes do not open it.',
    noneYet: 'You have no passkey yet? Add one on your account page, then come back here.',
    addOne: 'Add a passkey on your account page',
    noneYetSignIn: 'You have no passkey yet? Sign in another way, then add one on your account page.',
    button: 'Use passkey',
    /** Without JavaScript, or where the browser has no WebAuthn. */
    noScript: 'Passkeys need JavaScript, which is switched off in this browser. Please use another way to sign in.',
    noBrowser: 'This browser cannot use passkeys. Please use another way to sign in, or another browser.',
    waiting: 'Follow the steps that your browser shows.',
    cancelled: 'Nothing has changed: it was cancelled, or it took too long. Please try again.',
    known:
      'This device or security key has a passkey for your account already. Use another device, or go on without it.',
    security: 'Passkeys do not work at this address. Please tell the people who run this portal.',
    network: 'The server could not be reached. Please check your connection and try again.',
    failed: 'That did not work. Please try again, or choose another way.',
    expired: 'This page was open for too long. Please load it again.',
  },

  signedOut: {
    title: 'Signed out',
    lead: 'You are signed out, and this portal’s data was cleared from this browser.',
    again: 'Sign in again',
  },

  sessionEnded: {
    title: 'Your session has ended',
    nothingSent: 'Nothing was sent. What you have just entered did not reach the portal.',
    keep: 'To send it after all:',
    first: 'Sign in again in a new tab.',
    firstButton: 'Sign in again',
    second: 'Come back to this tab and reload it. The browser asks whether to send the form again: agree.',
    here: 'You do not need what you entered?',
    hereButton: 'Sign in here',
  },

  /** A form that was sent where the person has to confirm first; `sessionEnded` has the rest of the words. */
  unsent: {
    title: 'Please confirm that it is you',
    first: 'Confirm in a new tab.',
    firstButton: 'Confirm',
    hereButton: 'Confirm here',
  },

  signedIn: {
    title: 'You are signed in',
    lead: 'The portal opens in a moment.',
  },

  invitation: {
    title: 'Welcome',
    lead: 'With this link you set up how you sign in. It takes about two minutes.',
    ready:
      'Have your phone or security key at hand. You may also want a printer or a password manager for your recovery codes.',
    start: 'Start',
    notYours: 'Not your account? Close this page and tell whoever sent you the link.',
  },

  closed: {
    title: 'This link is not open',
    lead: 'Each link works once and for a limited time. If you have set up your sign-in already, sign in. If not, ask for a new link.',
  },

  newPassword: {
    title: 'Choose a password',
    lead: 'A few words that only you would put together are better than a short jumble. Any characters, blanks included, are welcome.',
    hint: 'At least 8 characters; 15 or more are better.',
    differ: 'The two passwords are not the same. Please type them again.',
    empty: 'Please fill in both fields.',
    /** Scores 0 to 4 of how hard it is to guess. */
    score0: 'Very easy to guess. Please choose another one.',
    score1: 'Easy to guess. More words would help.',
    score2: 'Could be stronger. One more word would help.',
    score3: 'Good.',
    score4: 'Very good.',
    adviceTitle: 'This password is easy to guess',
    advice:
      'You may keep it: you always confirm with a second step as well. A longer one with unrelated words is safer.',
    adviceAgain: 'Type the password that you want, twice, and continue.',
    tooShort: 'Please choose a longer password: at least 8 characters, better 15 or more.',
    tooLong: 'That password is longer than can be stored. Please choose a shorter one.',
    tooCommon: 'That password is among the first that others would try. Please choose another one.',
    containsName: 'That password is little more than your name or the name of this site. Please choose another one.',
  },

  oldPassword: {
    title: 'Enter your password',
    lead: 'Enter the password that you have now. It stays as it is.',
    wrong: 'That password did not match. Please check and try again.',
  },

  choose: {
    title: 'Choose how you confirm that it is you',
    titleAdding: 'Add a way to sign in',
    lead: 'Besides your password or name you sign in with something that you have. You can add more ways later.',
    leadAdding: 'A second way lets you in when the first one is not at hand.',
    passkey: 'Passkey',
    passkeyText:
      'You unlock your phone, computer or security key as you always do. Nothing to type, and safe from copied websites.',
    passkeyButton: 'Set up a passkey',
    recommended: 'Recommended',
    totp: 'Authenticator app',
    totpText: 'An app on your phone shows a new 6-digit code every 30 seconds, which you type when you sign in.',
    totpButton: 'Set up an authenticator app',
    passkeyNoScript: 'Passkeys cannot be set up here, since JavaScript is switched off in this browser.',
    passkeyNoBrowser: 'Passkeys cannot be set up here, since this browser does not know them.',
    again: 'Choose another way',
    cancel: 'Back to your account',
  },

  moreTime: {
    text: 'This page waits 15 minutes for you.',
    button: 'I need more time',
    done: 'You have 15 minutes again.',
    over: 'More time is not possible any more. Please go on, or ask for a new link.',
  },

  totp: {
    titleStart: 'Set up an authenticator app',
    titleScan: 'Connect your authenticator app',
    show: 'Show the QR code',
    open: 'Open an authenticator app',
    openText: 'For example Google Authenticator, Microsoft Authenticator, 2FAS, or the passwords app of your phone.',
    add: 'Add this account to it',
    scan: 'Scan the square with the app:',
    qrLabel: 'QR code for your authenticator app',
    handOver: 'Reading this on the phone itself? Hand it over directly:',
    handOverButton: 'Open in authenticator app',
    type: 'Or type this key into the app, without the blanks:',
    enter: 'Enter the code that it shows',
    nameLabel: 'Name of this device',
    nameHint: 'So that you can tell it from others later, such as “work phone”.',
    startOver: 'It does not work: start over with a new QR code',
  },

  connected: {
    title: 'One way is ready',
    titleTwo: 'You are well set up',
    totpReady: 'Your authenticator app is connected.',
    passkeyReady: 'Your passkey is ready.',
    urge: 'Add a second way now. If your device is lost or broken, you can still sign in with the other one.',
    addPasskey: 'Add a passkey as well',
    addTotp: 'Add an authenticator app as well',
    addAnotherPasskey: 'Add another passkey',
    addAnotherTotp: 'Add another authenticator app',
    codesNext:
      'Next come your recovery codes: they let you in if everything else is lost. You see them once, so have a printer, a pen or a password manager ready.',
    toCodes: 'Show my recovery codes',
    toCodesOnly: 'Go on with one way only',
  },

  added: {
    title: 'Added',
    totp: 'Your new authenticator app works from now on.',
    passkey: 'Your new passkey works from now on.',
    finish: 'Finish',
  },

  codes: {
    title: 'Save your recovery codes',
    lead: 'Keep these codes where you can reach them without your phone: printed, or in a password manager. Each one signs you in once, in place of your passkey or code.',
    once: 'They are not shown again.',
    olderEnded: 'Any older recovery codes have stopped working.',
    copy: 'Copy',
    copied: 'Copied.',
    copyFailed: 'Copying did not work. Please select the codes and copy them yourself.',
    download: 'Download',
    downloaded: 'Saved among your downloads.',
    print: 'Print',
    fileName: 'recovery-codes.txt',
    fileTitle: 'Recovery codes',
    goAccount: 'Back to your account',
    goSignIn: 'Sign in',
    goApp: 'Continue to the portal',
  },

  account: {
    title: 'Your account',
    signedInAt: 'Signed in',
    signedInWith: 'With',
    endsAt: 'Ends at the latest',
    back: 'Back to the portal',
    methodPassword: 'password',
    methodCode: 'one-time code',
    methodPasskey: 'passkey',

    authenticators: 'Ways to sign in',
    kindTotp: 'Authenticator app',
    kindPasskey: 'Passkey',
    synced: 'synced between your devices',
    oneDevice: 'on one device',
    switchedOff: 'switched off',
    addedAt: 'Added:',
    lastUsed: 'Last used:',
    neverUsed: 'not yet',
    rename: 'Rename',
    renameButton: 'Save name',
    remove: 'Remove',
    removeText: 'It will no longer sign you in.',
    removePasskeyText:
      'It will no longer sign you in. Delete it on your device as well, so that it is not offered any more.',
    removeButton: 'Remove it',
    lastOne: 'This is the only way that works for you, so it cannot be removed. Add another one first.',
    none: 'There is none yet.',
    add: 'Add a way to sign in',

    recovery: 'Recovery codes',
    recoveryText: 'They sign you in if your device is lost.',
    recoveryLeft: (n: number) => `Unused codes: ${n}`,
    recoveryLow: 'Only a few are left. Make new ones in time.',
    recoveryNew: 'Make new codes',
    recoveryNewText: 'Your old codes stop working, and the new ones are shown once.',

    sessions: 'Where you are signed in',
    thisBrowser: 'this browser',
    since: 'Since:',
    lastActive: 'Last active:',
    place: 'From:',
    app: 'Portal:',
    endOne: 'End this session',
    signOut: 'Sign out here',
    endOthers: 'Sign out everywhere else',
    thisComputer: 'this computer',
    privateNetwork: 'a private network',
    unknownDevice: 'Unknown device',
    deviceOn: (browser: string, system: string) => `${browser} on ${system}`,

    activity: 'Recent activity',
    activityText: 'Something here that was not you? Sign out everywhere else, and tell the people who run this portal.',
    noActivity: 'Nothing yet.',
    byAdministrator: 'by an administrator',
    bySystem: 'automatically',
  },

  /** What happened to an account, by the kind of the record. */
  activity: {
    done: {
      'sign-in.begin': 'Sign-in begun',
      'sign-in.second': 'Signed in',
      'sign-in.step-up': 'Confirmed again that it was you',
      'sign-out': 'Signed out',
      'enrol.open': 'Enrolment link opened',
      'enrol.password': 'Password set',
      'enrol.authenticator': 'Way to sign in added',
      'enrol.finish': 'Enrolment finished',
      'ticket.issue': 'Enrolment link made for you',
      'ticket.revoke': 'Enrolment link withdrawn',
      'account.add': 'Account made',
      'account.disable': 'Account switched off',
      'account.enable': 'Account switched on',
      'account.admin': 'Administrator’s rights changed',
      'account.import': 'Account taken over from another system',
      'authenticator.rename': 'Way to sign in renamed',
      'authenticator.remove': 'Way to sign in removed',
      'authenticator.signal': 'A passkey behaved unusually',
      'authenticator.disabled': 'Way to sign in switched off after too many wrong codes',
      'recovery.replace': 'New recovery codes made',
      'session.open': 'Signed in',
      'session.admit': 'Portal opened',
      'session.revoke': 'Session ended',
      other: 'Change to your account',
    },
    failed: {
      'sign-in.begin': 'Sign-in that failed: wrong password',
      'sign-in.second': 'Sign-in that failed: wrong code or passkey',
      'sign-in.step-up': 'Confirmation that failed',
      'enrol.open': 'Enrolment link that could not be used',
      'enrol.password': 'Password that was not accepted during enrolment',
      'enrol.authenticator': 'Way to sign in that was not accepted during enrolment',
      'authenticator.signal': 'A passkey was refused, since it may have been copied',
      other: 'Attempt that failed',
    },
  },

  waits: {
    /** `time` is a length of time in words, such as `30 seconds`. */
    tooMany: (time: string) => `Too many attempts. Please wait ${time}, then try again.`,
    /** Counted down while the page is open. */
    countdown: (time: string) => `You can try again in ${time}.`,
    over: 'You can try again now.',
  },

  skew: {
    ahead: (minutes: string) =>
      `The clock of your phone seems to be about ${minutes} ahead. Set it to automatic time and type the next code.`,
    behind: (minutes: string) =>
      `The clock of your phone seems to be about ${minutes} behind. Set it to automatic time and type the next code.`,
  },

  refusals: {
    lastAuthenticator: 'This is the last way to sign in that works for you. Add another one before you remove it.',
    tooManyTotp: 'Your account has as many authenticator apps as it may have. Remove one before you add another.',
    tooManyPasskeys: 'Your account has as many passkeys as it may have. Remove one before you add another.',
    passkeyKnown: 'That passkey is registered already. Use another device or security key, or go on without it.',
    emptyFields: 'Please fill in every field.',
    decline: 'That did not match. Please check your account name and password and try again.',
  },

  errors: {
    title: 'That did not work',
    code: 'Error:',
    titles: {
      'sign-in-required': 'Please sign in',
      'step-up-required': 'Please confirm that it is you',
      'ticket-invalid': 'This link is not open',
      'not-found': 'Page not found',
      forbidden: 'Not open to you',
      'wrong-account': 'Another account',
      'credentials-misplaced': 'Please use the sign-in page',
      'not-enrolled': 'One more step is needed',
      'wrong-origin': 'Please open the page again',
      'pending-expired': 'Please start again',
      'too-many-attempts': 'Please wait a little',
      unavailable: 'Not available at the moment',
      upstream: 'The application is not available',
      draining: 'Back in a moment',
    },
    messages: {
      'bad-request': 'The request could not be understood.',
      'bad-target': 'The address of the request is not in a form that is accepted here.',
      'bad-headers': 'The headers of the request contradict each other.',
      'bad-body': 'The form could not be read. Please go back and try again.',
      'bad-cookie': 'Your browser sent two values of one cookie. Please delete the cookies of this site and try again.',
      'body-too-large': 'That is more than this form accepts.',
      'unsupported-media-type': 'Send a form or JSON.',
      'sign-in-required': 'Please sign in.',
      'wrong-credentials': 'That did not match. Please check and try again.',
      'passkey-refused': 'That passkey was not accepted. Please try again, or choose another way.',
      'code-used': 'That code has been used already. Please wait for the next one.',
      'pending-expired': 'This took too long, or was finished elsewhere. Please start again.',
      'ticket-invalid':
        'This link cannot be used: it has expired, was used already, or was typed wrongly. Please ask for a new one.',
      'step-up-required': 'Please confirm that it is you.',
      forbidden: 'This is not open to your account.',
      'wrong-account':
        'You are signed in here as somebody else. Please sign in to the application with your own account name.',
      'credentials-misplaced':
        'For your protection, a name and password are accepted on the sign-in page alone. Please sign in there.',
      'not-enrolled':
        'Your password was right, but your account has no second step for signing in yet. Please ask the people who run this portal for an enrolment link. Nothing was opened.',
      'wrong-origin': 'The request did not come from this site. Please open the page again and repeat it there.',
      'plain-http': 'This site is reached over https only.',
      'not-found': 'There is no such page.',
      'method-not-allowed': 'That is not possible here.',
      'wrong-host': 'This server does not serve that host name.',
      'too-many-attempts': 'Too many attempts. Please wait a little before you try again.',
      conflict: 'That was changed in the meantime. Please start again.',
      internal: 'Something went wrong on our side. Nothing was changed.',
      'upstream-unreachable': 'The application cannot be reached at the moment. Please try again in a few minutes.',
      'upstream-invalid': 'The application gave an answer that could not be understood.',
      'store-unavailable': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      'keys-unavailable': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      'clock-untrusted': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      draining: 'The server is being restarted. Please try again in a moment.',
      'upstream-timeout': 'The application took too long to answer. Please try again in a few minutes.',
      'config-invalid': 'The configuration is not valid.',
      'sealed-value-invalid': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      usage: 'The command was not understood.',
    },
  },

  /** The warning that an app may include: shown inside its pages shortly before a session ends. */
  warning: {
    title: 'Your session is about to end',
    idle: 'You have not been active for a while. Without an answer you are signed out in {time}.',
    absolute: 'Your session has reached its longest time and ends in {time}. Save your work, then sign in again.',
    titleEnded: 'Your session has ended',
    ended: 'Save or copy what you need on this page, then sign in again.',
    stay: 'Stay signed in',
    signOut: 'Sign out',
    close: 'Close',
    signIn: 'Sign in again',
    failed: 'That did not work. Please check your connection and try again.',
  },
} as const;
