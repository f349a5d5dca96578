// Made from the English messages by `npm run generate`; not to be edited.

/** What is said, by page. */
export interface Messages {
  readonly account: {
    readonly title: string;
    readonly done: {
      readonly password: string;
      readonly renamed: string;
      readonly removed: string;
      readonly added: string;
      readonly ended: string;
      readonly 'ended-others': string;
    };
    readonly signedInAt: string;
    readonly signedInWith: string;
    readonly endsAt: string;
    readonly back: string;
    readonly methodPassword: string;
    readonly methodCode: string;
    readonly methodRecovery: string;
    readonly methodPasskey: string;
    readonly authenticators: string;
    readonly kindTotp: string;
    readonly kindPasskey: string;
    readonly synced: string;
    readonly oneDevice: string;
    readonly switchedOff: string;
    readonly addedAt: string;
    readonly lastUsed: string;
    readonly neverUsed: string;
    readonly rename: string;
    readonly renameButton: string;
    readonly remove: string;
    readonly removeText: string;
    readonly removePasskeyText: string;
    readonly removeButton: string;
    readonly lastOne: string;
    readonly none: string;
    readonly add: string;
    readonly recovery: string;
    readonly recoveryText: string;
    readonly recoveryLeft: (given: { readonly n: string | number }) => string;
    readonly recoveryLow: string;
    readonly recoveryNew: string;
    readonly recoveryNewText: string;
    readonly sessions: string;
    readonly thisBrowser: string;
    readonly since: string;
    readonly lastActive: string;
    readonly place: string;
    readonly app: string;
    readonly endOne: string;
    readonly signOut: string;
    readonly endOthers: string;
    readonly thisComputer: string;
    readonly privateNetwork: string;
    readonly unknownDevice: string;
    /** Names of a browser and a system, such as Firefox on Windows. */
    readonly deviceOn: (given: { readonly browser: string | number; readonly system: string | number }) => string;
    readonly activity: string;
    readonly activityText: string;
    readonly noActivity: string;
    readonly byAdministrator: string;
    readonly bySystem: string;
  };
  /** What happened to an account, by the kind of the record. */
  readonly activity: {
    readonly done: {
      readonly 'sign-in.begin': string;
      readonly 'sign-in.second': string;
      readonly 'sign-in.step-up': string;
      readonly 'sign-out': string;
      readonly 'enrol.open': string;
      readonly 'enrol.password': string;
      readonly 'enrol.authenticator': string;
      readonly 'enrol.finish': string;
      readonly 'ticket.issue': string;
      readonly 'ticket.revoke': string;
      readonly 'account.add': string;
      readonly 'account.disable': string;
      readonly 'account.enable': string;
      readonly 'account.admin': string;
      readonly 'account.set': string;
      readonly 'account.password': string;
      readonly 'account.import': string;
      readonly 'authenticator.rename': string;
      readonly 'authenticator.remove': string;
      readonly 'authenticator.signal': string;
      readonly 'authenticator.disabled': string;
      readonly 'recovery.replace': string;
      readonly 'session.open': string;
      readonly 'session.admit': string;
      readonly 'session.revoke': string;
      readonly other: string;
    };
    readonly failed: {
      readonly 'sign-in.begin': string;
      readonly 'sign-in.second': string;
      readonly 'sign-in.step-up': string;
      readonly 'enrol.open': string;
      readonly 'enrol.password': string;
      readonly 'enrol.authenticator': string;
      readonly 'account.password': string;
      readonly 'authenticator.signal': string;
      readonly other: string;
    };
  };
  readonly added: {
    readonly title: string;
    readonly totp: string;
    readonly passkey: string;
    readonly finish: string;
  };
  readonly choose: {
    readonly title: string;
    readonly titleAdding: string;
    readonly lead: string;
    readonly leadAdding: string;
    readonly passkey: string;
    readonly passkeyText: string;
    readonly passkeyButton: string;
    readonly recommended: string;
    readonly totp: string;
    readonly totpText: string;
    readonly totpButton: string;
    readonly passkeyNoScript: string;
    readonly passkeyNoBrowser: string;
    readonly again: string;
    readonly cancel: string;
  };
  readonly closed: {
    readonly title: string;
    readonly lead: string;
  };
  readonly codes: {
    readonly title: string;
    readonly lead: string;
    readonly once: string;
    readonly olderEnded: string;
    readonly copy: string;
    readonly copied: string;
    readonly copyFailed: string;
    readonly download: string;
    readonly downloaded: string;
    readonly print: string;
    /** The name of the file that is saved. */
    readonly fileName: string;
    readonly fileTitle: string;
    readonly address: string;
    readonly madeAt: string;
    /** What is quoted is the text of useRecovery in sign-in.json. */
    readonly about: string;
    readonly goAccount: string;
    readonly goSignIn: string;
    readonly goApp: string;
  };
  readonly common: {
    readonly continue: string;
    readonly confirm: string;
    readonly signIn: string;
    readonly optional: string;
    readonly account: string;
    readonly toPortal: string;
    readonly toAccount: string;
    readonly needHelp: string;
    readonly language: string;
    /** Where in a row of pages a person is, such as Step 1 of 3. */
    readonly step: (given: { readonly n: string | number; readonly of: string | number }) => string;
    /** Joins parts of one line, such as the host and the step. */
    readonly between: string;
    /** After these words the browser opens another tab. */
    readonly newTab: string;
  };
  readonly connected: {
    readonly title: string;
    readonly titleTwo: string;
    readonly totpReady: string;
    readonly passkeyReady: string;
    readonly urge: string;
    readonly addPasskey: string;
    readonly addTotp: string;
    readonly addAnotherPasskey: string;
    readonly addAnotherTotp: string;
    readonly codesNext: string;
    readonly toCodes: string;
    readonly toCodesOnly: string;
  };
  /** Why a session is over, told to the browser that had it. */
  readonly ended: {
    readonly administrator: string;
    readonly elsewhere: string;
    readonly password: string;
    readonly authenticator: string;
    readonly enrolled: string;
    readonly idle: string;
    readonly absolute: string;
    readonly other: string;
  };
  readonly errors: {
    readonly title: string;
    readonly code: string;
    readonly checkAddress: string;
    readonly who: {
      readonly signedInAs: string;
      readonly ask: string;
      readonly signOut: string;
    };
    readonly titles: {
      readonly 'sign-in-required': string;
      readonly 'step-up-required': string;
      readonly 'ticket-invalid': string;
      readonly 'not-found': string;
      readonly forbidden: string;
      readonly 'wrong-account': string;
      readonly 'credentials-misplaced': string;
      readonly 'not-enrolled': string;
      readonly 'wrong-origin': string;
      readonly 'pending-expired': string;
      readonly 'too-many-attempts': string;
      readonly unavailable: string;
      readonly upstream: string;
      readonly busy: string;
      readonly draining: string;
    };
    readonly messages: {
      readonly 'bad-request': string;
      readonly 'bad-target': string;
      readonly 'target-too-long': string;
      readonly 'head-too-large': string;
      readonly 'request-too-slow': string;
      readonly 'bad-headers': string;
      readonly 'bad-body': string;
      readonly 'bad-cookie': string;
      readonly 'body-too-large': string;
      readonly 'unsupported-media-type': string;
      readonly 'sign-in-required': string;
      readonly 'wrong-credentials': string;
      readonly 'passkey-refused': string;
      readonly 'code-used': string;
      readonly 'pending-expired': string;
      readonly 'ticket-invalid': string;
      readonly 'step-up-required': string;
      readonly forbidden: string;
      readonly 'wrong-account': string;
      readonly 'credentials-misplaced': string;
      readonly 'not-enrolled': string;
      readonly 'wrong-origin': string;
      readonly 'plain-http': string;
      readonly 'not-found': string;
      readonly 'method-not-allowed': string;
      readonly 'wrong-host': string;
      readonly 'too-many-attempts': string;
      readonly conflict: string;
      readonly internal: string;
      readonly 'upstream-unreachable': string;
      readonly 'upstream-invalid': string;
      readonly 'store-unavailable': string;
      readonly 'keys-unavailable': string;
      readonly 'clock-untrusted': string;
      readonly busy: string;
      readonly draining: string;
      readonly 'upstream-timeout': string;
      readonly 'config-invalid': string;
      readonly 'sealed-value-invalid': string;
      readonly usage: string;
    };
  };
  readonly field: {
    readonly account: string;
    readonly password: string;
    readonly newPassword: string;
    readonly samePassword: string;
    readonly showPassword: string;
    readonly hidePassword: string;
    readonly code: string;
    readonly recoveryCode: string;
    readonly recoveryCodeHint: string;
    readonly name: string;
  };
  readonly invitation: {
    readonly title: string;
    readonly lead: string;
    readonly ready: string;
    readonly start: string;
    readonly notYours: string;
  };
  readonly moreTime: {
    readonly text: string;
    readonly button: string;
    readonly done: string;
    readonly over: string;
  };
  readonly newPassword: {
    readonly title: string;
    readonly lead: string;
    readonly hint: string;
    readonly differ: string;
    readonly empty: string;
    /** Scores 0 to 4 of how hard a password is to guess. */
    readonly score0: string;
    readonly score1: string;
    readonly score2: string;
    readonly score3: string;
    readonly score4: string;
    readonly adviceTitle: string;
    readonly advice: string;
    readonly adviceAgain: string;
    readonly tooShort: string;
    readonly tooLong: string;
    readonly tooCommon: string;
    readonly containsName: string;
  };
  readonly oldPassword: {
    readonly title: string;
    readonly lead: string;
    readonly wrong: string;
  };
  /** A form of another site on its way to the portal; most people never see it. */
  readonly onward: {
    readonly title: string;
    readonly lead: string;
    readonly button: string;
  };
  readonly ownPassword: {
    readonly title: string;
    readonly text: string;
    readonly lead: string;
    readonly current: string;
    readonly button: string;
    readonly adviceAgain: string;
  };
  readonly passkey: {
    readonly title: string;
    readonly titleStepUp: string;
    readonly lead: string;
    readonly leadStepUp: string;
    readonly titleOnly: string;
    readonly leadOnly: string;
    /** Before an address, which stands alone in the next line. */
    readonly atOwn: string;
    /** Before an address, which stands alone in the next line. */
    readonly atOther: string;
    readonly noneHere: string;
    readonly add: string;
    readonly noneYet: string;
    readonly addOne: string;
    readonly noneYetSignIn: string;
    readonly button: string;
    /** Shown without JavaScript. */
    readonly noScript: string;
    /** Shown where the browser has no WebAuthn. */
    readonly noBrowser: string;
    readonly waiting: string;
    readonly cancelled: string;
    readonly known: string;
    readonly security: string;
    readonly network: string;
    readonly failed: string;
    readonly expired: string;
  };
  /** After a recovery code was used. */
  readonly recovered: {
    readonly title: string;
    readonly lead: string;
    readonly none: string;
    readonly setUp: string;
    readonly lost: string;
  };
  readonly recovery: {
    readonly title: string;
    readonly lead: string;
    readonly noneLeft: string;
    readonly wrong: string;
  };
  readonly refusals: {
    readonly lastAuthenticator: string;
    readonly tooManyTotp: string;
    readonly tooManyPasskeys: string;
    readonly passkeyKnown: string;
    readonly emptyFields: string;
    readonly decline: string;
  };
  readonly sessionEnded: {
    readonly title: string;
    readonly nothingSent: string;
    readonly keep: string;
    readonly first: string;
    readonly firstButton: string;
    readonly second: string;
    readonly here: string;
    readonly hereButton: string;
  };
  /** Where a form of another site came on and nobody is signed in; session-ended.json has the rest of the words. */
  readonly signInFirst: {
    readonly title: string;
    readonly first: string;
    readonly firstButton: string;
    readonly hereButton: string;
    readonly orAgain: string;
  };
  readonly signIn: {
    readonly title: string;
    readonly leadLocal: string;
    readonly leadLocalCodes: string;
    readonly leadApp: string;
    readonly withPasskey: string;
    readonly withPasskeyHint: string;
    readonly or: string;
    readonly otherWays: string;
    readonly useTotp: string;
    readonly useRecovery: string;
    readonly usePasskey: string;
    readonly restart: string;
    readonly goBack: string;
    readonly forgot: string;
    readonly forgotLocal: string;
    readonly forgotApp: string;
    readonly lost: string;
    /** What is quoted is the text of useRecovery. */
    readonly lostRecovery: string;
    readonly lostRecoveryHere: string;
    readonly lostLink: string;
  };
  readonly signedIn: {
    readonly title: string;
    readonly lead: string;
  };
  readonly signedOut: {
    readonly title: string;
    readonly lead: string;
    readonly again: string;
  };
  readonly skew: {
    /** minutes: a length of time in words, such as 2 minutes. */
    readonly ahead: (given: { readonly minutes: string | number }) => string;
    /** minutes: a length of time in words, such as 2 minutes. */
    readonly behind: (given: { readonly minutes: string | number }) => string;
  };
  readonly totpCode: {
    readonly title: string;
    readonly titleStepUp: string;
    readonly lead: string;
    readonly leadStepUp: string;
    readonly wrong: string;
    readonly empty: string;
  };
  readonly totp: {
    readonly titleStart: string;
    readonly titleScan: string;
    readonly open: string;
    readonly openText: string;
    readonly add: string;
    readonly scan: string;
    readonly qrLabel: string;
    readonly onPhone: string;
    readonly showQr: string;
    readonly handOver: string;
    readonly handOverButton: string;
    readonly type: string;
    readonly copyKey: string;
    readonly copyFailed: string;
    readonly enter: string;
    readonly nameLabel: string;
    readonly nameHint: string;
    readonly startOver: string;
  };
  /** A form that was sent where the person has to confirm first; session-ended.json has the rest of the words. */
  readonly unsent: {
    readonly title: string;
    readonly first: string;
    readonly firstButton: string;
    readonly hereButton: string;
  };
  readonly waits: {
    /** time: a length of time in words, such as 30 seconds. */
    readonly tooMany: (given: { readonly time: string | number }) => string;
    /** Counted down while the page is open. time: a length of time in words, such as 30 seconds. */
    readonly countdown: (given: { readonly time: string | number }) => string;
    readonly over: string;
  };
  /** The warning that an app may include: shown inside its pages shortly before a session ends. */
  readonly warning: {
    readonly title: string;
    /** time: a length of time in words, such as 2 minutes, counted down. */
    readonly idle: (given: { readonly time: string | number }) => string;
    /** time: a length of time in words, such as 2 minutes, counted down. */
    readonly absolute: (given: { readonly time: string | number }) => string;
    readonly titleEnded: string;
    readonly ended: string;
    readonly stay: string;
    readonly signOut: string;
    readonly close: string;
    readonly signIn: string;
    readonly failed: string;
  };
}
