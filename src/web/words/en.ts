import { WAY_WORDS } from '../../evidence.ts';
import { DEVICE_WORDS } from '../../lib/device.ts';

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
    samePassword: 'Repeat the new password',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    code: '6-digit code',
    recoveryCode: 'Recovery code',
    recoveryCodeHint: 'Four groups of four letters and numbers. Capitals and small letters both work.',
    name: 'Name',
  },

  signIn: {
    title: 'Sign in',
    leadLocal: 'Enter your account name and password. Next, you will be asked for your passkey or a code.',
    leadLocalCodes:
      'Enter your account name and password. Next, you will be asked for a code from your authenticator app.',
    leadApp: 'Sign in here first. The portal may then ask for your password.',
    withPasskey: 'Sign in with a passkey',
    withPasskeyHint: 'Use your fingerprint, face, device PIN or security key. There is no name to type.',
    or: 'or',
    otherWays: 'Other ways to sign in',
    useTotp: 'Use a code from your authenticator app',
    useRecovery: 'Use a recovery code',
    usePasskey: 'Use a passkey',
    restart: 'Start again with a different account',
    goBack: 'Go back without confirming',
    forgot: 'Forgot your password?',
    forgotLocal:
      'Ask the people who run this portal. They will check that it is really you, and send you a link with which you can choose a new password.',
    forgotApp:
      'No password is needed on this page. The portal itself asks for it later, and its own sign-in page says what to do if you have forgotten it. If that does not help, ask the people who run the portal.',
    lost: 'Lost your device?',
    lostRecovery:
      'If you saved recovery codes when you set up your account, you can sign in with one of them: enter your account name first, then choose “Use a recovery code”.',
    lostRecoveryHere: 'If you saved recovery codes when you set up your account, you can sign in with one of them.',
    lostLink:
      'No codes left? Ask the people who run this portal for a new enrolment link. They will check that it is really you.',
  },

  totpCode: {
    title: 'Enter your code',
    titleStepUp: 'Confirm it’s you',
    lead: 'Enter the 6-digit code from your authenticator app.',
    leadStepUp: 'Before you continue, please confirm it’s you: enter the 6-digit code from your authenticator app.',
    wrong:
      'That code did not match. Enter the latest code from the app, and check that your phone sets its time automatically.',
    empty: 'Please enter the code.',
  },

  recovery: {
    title: 'Use a recovery code',
    lead: 'Enter one of the recovery codes you saved when you set up your account. Each code works only once.',
    noneLeft:
      'No codes left? Ask the people who run this portal for a new enrolment link. They will check that it is really you.',
    wrong:
      'That code did not match, or has been used before: each works only once. Check it carefully, or use another one from your list.',
  },

  passkey: {
    title: 'Use your passkey',
    titleStepUp: 'Confirm it’s you',
    lead: 'Your browser will ask for your fingerprint, face, device PIN or security key.',
    leadStepUp:
      'Before you continue, please confirm it’s you. Your browser will ask for your fingerprint, face, device PIN or security key.',
    titleOnly: 'You need a passkey here',
    leadOnly: 'To open this part of the portal, confirm with a passkey. A code is not enough.',
    /** Before an address, which stands alone in the next line. */
    atOwn: 'Passkeys do not work at this address. To use one, open the portal at:',
    atOther: 'Your passkey works at another address. Sign in there, then add a way to sign in that works here too:',
    noneHere: 'You do not have a passkey yet. Add one, then come back to this page.',
    add: 'Add a passkey',
    noneYet: 'No passkey yet? Add one on your account page, then come back here.',
    addOne: 'Add a passkey on your account page',
    noneYetSignIn: 'No passkey yet? Sign in another way, then add one on your account page.',
    button: 'Use passkey',
    /** Without JavaScript, or where the browser has no WebAuthn. */
    noScript: 'Passkeys need JavaScript, which is switched off in this browser. Please sign in another way.',
    noBrowser: 'This browser does not support passkeys. Please sign in another way, or use another browser.',
    waiting: 'Follow the steps in your browser.',
    cancelled: 'That was cancelled or took too long, and nothing has changed. Please try again.',
    known:
      'This device or security key already has a passkey for your account. Use a different device, or continue without one.',
    security: 'Passkeys do not work at this address. Please tell the people who run this portal.',
    network: 'The server could not be reached. Please check your connection and try again.',
    failed: 'That did not work. Please try again, or choose another way.',
    expired: 'This page has been open too long. Please reload it.',
  },

  signedOut: {
    title: 'Signed out',
    lead: 'You have signed out, and this portal’s data has been cleared from this browser.',
    again: 'Sign in again',
  },

  sessionEnded: {
    title: 'Your session has ended',
    nothingSent: 'Nothing was sent. What you just entered has not reached the portal.',
    keep: 'If you still want to send it:',
    first: 'Sign in again in a new tab.',
    firstButton: 'Sign in again',
    second: 'Come back to this tab and reload it. When your browser asks whether to send the form again, say yes.',
    here: 'No longer need what you entered?',
    hereButton: 'Sign in here',
  },

  /** A form that was sent where the person has to confirm first; `sessionEnded` has the rest of the words. */
  unsent: {
    title: 'Please confirm it’s you',
    first: 'Confirm in a new tab.',
    firstButton: 'Confirm',
    hereButton: 'Confirm here',
  },

  /** Where a form of another site came on and nobody is signed in; `sessionEnded` has the rest of the words. */
  signInFirst: {
    title: 'Please sign in',
    first: 'Sign in in a new tab.',
    firstButton: 'Sign in',
    hereButton: 'Sign in here',
    orAgain: 'If that does not work, send it again from the site you came from once you have signed in.',
  },

  /** A form of another site on its way to the portal; most people never see it. */
  onward: {
    title: 'Continue to the portal',
    lead: 'Another site has sent you here with some information for the portal.',
    button: 'Continue',
  },

  signedIn: {
    title: 'You are signed in',
    lead: 'The portal opens in a moment.',
  },

  invitation: {
    title: 'Welcome',
    lead: 'This link lets you set up how you sign in. It takes about two minutes.',
    ready:
      'Have your phone or security key to hand. You may also want a printer or a password manager for your recovery codes.',
    start: 'Start',
    notYours: 'Not your account? Close this page and tell whoever sent you the link.',
  },

  closed: {
    title: 'This link does not work',
    lead: 'Each link works only once, and only for a limited time. If you have already set up your account, sign in. If not, ask for a new link.',
  },

  newPassword: {
    title: 'Choose a password',
    lead: 'A few words that only you would put together are better than a short jumble of characters. You can use any characters, including spaces.',
    hint: 'At least 8 characters; 15 or more is better.',
    differ: 'The passwords do not match. Please type them again.',
    empty: 'Please fill in both fields.',
    /** Scores 0 to 4 of how hard it is to guess. */
    score0: 'Very easy to guess. Please choose a different one.',
    score1: 'Easy to guess. More words would help.',
    score2: 'Could be stronger. One more word would help.',
    score3: 'Good.',
    score4: 'Very good.',
    adviceTitle: 'This password is easy to guess',
    advice:
      'You can keep it, because signing in always takes a second step as well. A longer one made of unrelated words is safer.',
    adviceAgain: 'Type the password you want, twice, then continue.',
    tooShort: 'Please choose a longer password: at least 8 characters, and ideally 15 or more.',
    tooLong: 'That password is too long. Please choose a shorter one.',
    tooCommon: 'That password is one of the first that others would try. Please choose a different one.',
    containsName:
      'That password is little more than your name or the name of this site. Please choose a different one.',
  },

  oldPassword: {
    title: 'Enter your password',
    lead: 'Enter your current password. It will not change.',
    wrong: 'That password did not match. Please check it and try again.',
  },

  ownPassword: {
    title: 'Change your password',
    text: 'You will need your current password. Changing it signs you out everywhere else.',
    lead: 'Changing your password signs you out everywhere else.',
    current: 'Current password',
    button: 'Change password',
    adviceAgain: 'Type your current password and the new one again, then continue.',
  },

  /** After a recovery code was used. */
  recovered: {
    title: 'You used a recovery code',
    lead: 'Have you lost your device, or got a new one? Set it up now, so that you do not need a recovery code next time.',
    none: 'That was your last one. Make new ones now, so that you can still sign in if you lose your device.',
    setUp: 'Set up a new device',
    lost: 'If a device was lost or stolen, remove it:',
  },

  /** Why a session is over, told to the browser that had it. */
  ended: {
    administrator: 'You were signed out by an administrator. Please sign in again.',
    elsewhere:
      'You were signed out because “sign out everywhere” was chosen on your account page. Please sign in again.',
    password: 'You were signed out because your password was changed. Please sign in again with the new one.',
    authenticator:
      'You were signed out because the way you signed in was removed from your account. Please sign in another way.',
    enrolled: 'You were signed out because your account was set up again with an enrolment link. Please sign in again.',
    idle: 'You were signed out because you had not been active for a while. Please sign in again.',
    absolute: 'You were signed out because your session reached its time limit. Please sign in again.',
    other: 'Your session has ended. Please sign in again.',
  },

  choose: {
    title: 'Choose how to confirm it’s you',
    titleAdding: 'Add a way to sign in',
    lead: 'As well as your name or password, you will use something you have when you sign in. You can add more ways later.',
    leadAdding: 'A second way lets you sign in when you do not have the first one with you.',
    passkey: 'Passkey',
    passkeyText:
      'Unlock your phone, computer or security key as you always do. There is nothing to type, and it protects you from fake websites.',
    passkeyButton: 'Set up a passkey',
    recommended: 'Recommended',
    totp: 'Authenticator app',
    totpText: 'An app on your phone shows a new 6-digit code every 30 seconds. You type it when you sign in.',
    totpButton: 'Set up an authenticator app',
    passkeyNoScript: 'Passkeys cannot be set up here because JavaScript is switched off in this browser.',
    passkeyNoBrowser: 'Passkeys cannot be set up here because this browser does not support them.',
    again: 'Choose another way',
    cancel: 'Back to your account',
  },

  moreTime: {
    text: 'You have 15 minutes for this step.',
    button: 'I need more time',
    done: 'You have another 15 minutes.',
    over: 'The time cannot be extended any further. Please continue, or ask for a new link.',
  },

  totp: {
    titleStart: 'Set up an authenticator app',
    titleScan: 'Connect your authenticator app',
    open: 'Have an authenticator app ready',
    openText: 'For example Google Authenticator, Microsoft Authenticator, 2FAS, or your phone’s own passwords app.',
    add: 'Add this account to it',
    scan: 'Scan this QR code with the app:',
    qrLabel: 'QR code for your authenticator app',
    onPhone: 'Your authenticator app opens and adds this account. If nothing happens, install an app first.',
    showQr: 'Show the QR code instead',
    handOver: 'Is the app on this device? Then open it directly:',
    handOverButton: 'Open in authenticator app',
    type: 'Or type this key into the app. You can leave out the spaces.',
    copyKey: 'Copy the key',
    copyFailed: 'Copying did not work. Please select the key and copy it yourself.',
    enter: 'Enter the code from the app',
    nameLabel: 'Name for this device',
    nameHint: 'So that you can recognise it later, for example “work phone”.',
    startOver: 'Not working? Start again with a new QR code',
  },

  connected: {
    title: 'Your first way to sign in is ready',
    titleTwo: 'You are all set up',
    totpReady: 'Your authenticator app is connected.',
    passkeyReady: 'Your passkey is ready.',
    urge: 'Add a second way now, so that you can still sign in if this one is lost or broken.',
    addPasskey: 'Add a passkey as well',
    addTotp: 'Add an authenticator app as well',
    addAnotherPasskey: 'Add another passkey',
    addAnotherTotp: 'Add another authenticator app',
    codesNext:
      'Next, you will get your recovery codes. They let you sign in if you lose everything else. They are shown only once, so have a printer, a pen or a password manager ready.',
    toCodes: 'Show my recovery codes',
    toCodesOnly: 'Continue with just one way',
  },

  added: {
    title: 'Added',
    totp: 'You can now sign in with your new authenticator app.',
    passkey: 'You can now sign in with your new passkey.',
    finish: 'Finish',
  },

  codes: {
    title: 'Save your recovery codes',
    lead: 'Keep these codes somewhere you can get to without your phone: on paper, or in a password manager. Each one lets you sign in once, in place of your passkey or code.',
    once: 'They will not be shown again.',
    olderEnded: 'Any older recovery codes no longer work.',
    copy: 'Copy',
    copied: 'Copied.',
    copyFailed: 'Copying did not work. Please select the codes and copy them yourself.',
    download: 'Download',
    downloaded: 'Saved to your downloads.',
    print: 'Print',
    fileName: 'recovery-codes.txt',
    fileTitle: 'Recovery codes',
    address: 'Address',
    madeAt: 'Created',
    about:
      'Use one of these codes to sign in if you do not have your passkey or authenticator app: enter your account name first, then choose “Use a recovery code”. Each code works only once. Do not share them with anyone.',
    goAccount: 'Back to your account',
    goSignIn: 'Sign in',
    goApp: 'Continue to the portal',
  },

  account: {
    title: 'Your account',
    done: {
      password: 'Your password has been changed, and you have been signed out everywhere else.',
      renamed: 'The new name has been saved.',
      removed: 'That way to sign in has been removed.',
      added: 'The new way to sign in has been added.',
      ended: 'That session has ended.',
      'ended-others': 'You have been signed out everywhere else.',
    },
    signedInAt: 'Signed in',
    signedInWith: 'Signed in with',
    endsAt: 'Session ends by',
    back: 'Back to the portal',
    methodPassword: WAY_WORDS.password,
    methodCode: WAY_WORDS.totp,
    methodRecovery: WAY_WORDS.recovery,
    methodPasskey: WAY_WORDS.passkey,

    authenticators: 'Ways to sign in',
    kindTotp: 'Authenticator app',
    kindPasskey: 'Passkey',
    synced: 'synced between your devices',
    oneDevice: 'on one device',
    switchedOff: 'switched off',
    addedAt: 'Added:',
    lastUsed: 'Last used:',
    neverUsed: 'never',
    rename: 'Rename',
    renameButton: 'Save name',
    remove: 'Remove',
    removeText: 'You will no longer be able to sign in with it.',
    removePasskeyText:
      'You will no longer be able to sign in with it. Delete it on your device as well, so that you are no longer offered it.',
    removeButton: 'Remove it',
    lastOne: 'This is your only working way to sign in, so it cannot be removed. Add another one first.',
    none: 'None yet.',
    add: 'Add a way to sign in',

    recovery: 'Recovery codes',
    recoveryText: 'They let you sign in if you lose your device.',
    recoveryLeft: (n: number) => `Unused codes: ${n}`,
    recoveryLow: 'You have only a few left. Make new ones before they run out.',
    recoveryNew: 'Make new codes',
    recoveryNewText: 'Your old codes will stop working. The new ones are shown only once.',

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
    unknownDevice: DEVICE_WORDS.unknownDevice as string,
    deviceOn: DEVICE_WORDS.deviceOn,

    activity: 'Recent activity',
    activityText: 'Something here that was not you? Sign out everywhere else, and tell the people who run this portal.',
    noActivity: 'Nothing yet.',
    byAdministrator: 'by an administrator',
    bySystem: 'automatically',
  },

  /** What happened to an account, by the kind of the record. */
  activity: {
    done: {
      'sign-in.begin': 'Sign-in started',
      'sign-in.second': 'Signed in',
      'sign-in.step-up': 'Confirmed it was you',
      'sign-out': 'Signed out',
      'enrol.open': 'Enrolment link opened',
      'enrol.password': 'Password set',
      'enrol.authenticator': 'Way to sign in added',
      'enrol.finish': 'Enrolment finished',
      'ticket.issue': 'Enrolment link created for you',
      'ticket.revoke': 'Enrolment link withdrawn',
      'account.add': 'Account created',
      'account.disable': 'Account switched off',
      'account.enable': 'Account switched on',
      'account.admin': 'Administrator rights changed',
      'account.set': 'Account details changed by an administrator',
      'account.password': 'Password changed',
      'account.import': 'Account moved here from another system',
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
      'sign-in.begin': 'Failed sign-in: wrong password',
      'sign-in.second': 'Failed sign-in: wrong code or passkey',
      'sign-in.step-up': 'Failed confirmation',
      'enrol.open': 'Enrolment link that did not work',
      'enrol.password': 'Password not accepted during enrolment',
      'enrol.authenticator': 'Way to sign in not accepted during enrolment',
      'account.password': 'Password change refused: wrong password',
      'authenticator.signal': 'A passkey was refused because it may have been copied',
      other: 'Failed attempt',
    },
  },

  waits: {
    /** `time` is a length of time in words, such as `30 seconds`. */
    tooMany: (time: string) => `Too many attempts. Please wait ${time}, then try again.`,
    /** Counted down while the page is open. */
    countdown: (time: string) => `Too many attempts. You can try again in ${time}.`,
    over: 'You can try again now.',
  },

  skew: {
    ahead: (minutes: string) =>
      `Your phone’s clock seems to be about ${minutes} fast. Set its time to automatic, then type the next code.`,
    behind: (minutes: string) =>
      `Your phone’s clock seems to be about ${minutes} slow. Set its time to automatic, then type the next code.`,
  },

  refusals: {
    lastAuthenticator: 'This is your last working way to sign in. Add another one before you remove it.',
    tooManyTotp: 'Your account cannot have any more authenticator apps. Remove one before you add another.',
    tooManyPasskeys: 'Your account cannot have any more passkeys. Remove one before you add another.',
    passkeyKnown: 'That passkey is already registered. Use a different device or security key, or continue without it.',
    emptyFields: 'Please fill in every field.',
    decline: 'That did not match. Please check your account name and password, then try again.',
  },

  errors: {
    title: 'That did not work',
    code: 'Error:',
    checkAddress: 'Check the address, or ask the people who run this portal.',
    who: {
      signedInAs: 'Signed in as',
      ask: 'If you think you should have access, ask the people who run this portal.',
      signOut: 'Sign out, or sign in with a different account',
    },
    titles: {
      'sign-in-required': 'Please sign in',
      'step-up-required': 'Please confirm it’s you',
      'ticket-invalid': 'This link does not work',
      'not-found': 'Page not found',
      forbidden: 'You do not have access',
      'wrong-account': 'A different account',
      'credentials-misplaced': 'Please use the sign-in page',
      'not-enrolled': 'One more step is needed',
      'wrong-origin': 'Please open the page again',
      'pending-expired': 'Please start again',
      'too-many-attempts': 'Please wait a little',
      unavailable: 'Not available at the moment',
      upstream: 'The application is not available',
      busy: 'Busy at the moment',
      draining: 'Back in a moment',
    },
    messages: {
      'bad-request': 'The request could not be understood.',
      'bad-target': 'This address is not in a form that is accepted here.',
      'target-too-long': 'This address is longer than is accepted here.',
      'head-too-large':
        'Your browser sent more with its request than is accepted here. Please delete this site’s cookies and try again.',
      'request-too-slow': 'The request took too long to arrive. Please try again.',
      'bad-headers': 'The headers of the request contradict each other.',
      'bad-body': 'The form could not be read. Please go back and try again.',
      'bad-cookie':
        'Your browser sent one cookie with two different values. Please delete this site’s cookies and try again.',
      'body-too-large': 'That is more than this form can take.',
      'unsupported-media-type': 'Send a form or JSON.',
      'sign-in-required': 'Please sign in.',
      'wrong-credentials': 'That did not match. Please check it and try again.',
      'passkey-refused': 'That passkey was not accepted. Please try again, or choose another way.',
      'code-used': 'That code has already been used. Please wait for the next one.',
      'pending-expired': 'This took too long, or was finished in another tab or browser. Please start again.',
      'ticket-invalid': 'It may have expired, been used already, or been mistyped. Please ask for a new one.',
      'step-up-required': 'Please confirm it’s you.',
      forbidden: 'Your account does not have access to this.',
      'wrong-account':
        'You are signed in here with a different account. Please sign in to the application with the account shown below.',
      'credentials-misplaced':
        'For your protection, a name and password are accepted only on the sign-in page. Please sign in there.',
      'not-enrolled':
        'Your password was right, but your account has no second step for signing in yet. Please ask the people who run this portal for an enrolment link. You have not been signed in.',
      'wrong-origin': 'The request did not come from this site. Please open the page again and try again there.',
      'plain-http': 'This site can only be reached over https.',
      'not-found': 'This page does not exist.',
      'method-not-allowed': 'That is not possible here.',
      'wrong-host': 'This server does not serve that host name.',
      'too-many-attempts': 'Too many attempts. Please wait a little before you try again.',
      conflict: 'Something changed in the meantime. Please start again.',
      internal: 'Something went wrong at our end. Nothing was changed.',
      'upstream-unreachable': 'The application cannot be reached at the moment. Please try again in a few minutes.',
      'upstream-invalid': 'The application gave an answer that could not be understood.',
      'store-unavailable': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      'keys-unavailable': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      'clock-untrusted': 'Signing in is not possible at the moment. Please try again in a few minutes.',
      busy: 'Many people are signing in at this moment. Please try again in a few seconds.',
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
    idle: 'You have not been active for a while. You will be signed out in {time} unless you choose to stay.',
    absolute: 'Your session has reached its time limit and ends in {time}. Save your work, then sign in again.',
    titleEnded: 'Your session has ended',
    ended: 'Save or copy what you need on this page, then sign in again.',
    stay: 'Stay signed in',
    signOut: 'Sign out',
    close: 'Close',
    signIn: 'Sign in again',
    failed: 'That did not work. Please check your connection and try again.',
  },
} as const;
