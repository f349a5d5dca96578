/** What happens in the estate, as plain data: nothing here knows anything of Sallyport. Moments in ms since the epoch. */

export type DeviceKind = 'totp' | 'passkey';

/** A way to sign in; its name is the label under which it is enrolled, and its owner has no other of that name. */
export interface Device {
  readonly name: string;
  readonly kind: DeviceKind;
  /** A passkey that its maker copies between devices. */
  readonly synced: boolean;
}

export interface Joining {
  readonly who: string;
  readonly organisation: string;
}

export type AppId = 'records' | 'desktop' | 'rota';

export type Binding =
  | { readonly kind: 'whoami' | 'form' }
  /** `expires`: the last day on which it holds, YYYY-MM-DD. */
  | { readonly kind: 'unbound'; readonly reason: string; readonly owner: string; readonly expires: string };

export interface Exemption {
  readonly method: string;
  readonly path: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it works, YYYY-MM-DD. */
  readonly expires: string;
}

export interface Rule {
  readonly path: string;
  readonly require: 'mfa' | 'passkey';
}

export interface AppPlan {
  readonly id: AppId;
  readonly binding: Binding;
  readonly exemptions: readonly Exemption[];
  readonly rules: readonly Rule[];
  /** Another address is named at which it might answer. */
  readonly past: boolean;
}

/** A configuration, by what matters of it and by its text below the lines that say where it runs. */
export interface ConfigurationPlan {
  readonly apps: readonly AppPlan[];
  /** Minutes without a request after which a session ends. */
  readonly idle: number;
}

/** What an organisation's people are held to besides. */
export interface Restriction {
  readonly require: 'passkey' | null;
  readonly apps: readonly AppId[] | null;
}

export type Deed =
  | { readonly do: 'configuration'; readonly text: string; readonly said: ConfigurationPlan }
  /** A file with a fault: it is refused, and what was in force stays so. */
  | { readonly do: 'configuration-refused'; readonly why: string }
  | { readonly do: 'organisation'; readonly name: string }
  | { readonly do: 'rename-organisation'; readonly name: string; readonly to: string }
  | { readonly do: 'restrict'; readonly organisation: string; readonly restriction: Restriction }
  /** Many at once, from a list. */
  | { readonly do: 'import'; readonly people: readonly Joining[] }
  | { readonly do: 'join'; readonly person: Joining }
  | { readonly do: 'invite'; readonly who: string; readonly hours: number }
  | { readonly do: 'uninvite'; readonly who: string }
  | { readonly do: 'enrol'; readonly who: string; readonly app: AppId; readonly devices: readonly Device[] }
  /** Opens the link, adds what there is to add, and goes away before the last step. */
  | { readonly do: 'enrol-half'; readonly who: string; readonly app: AppId; readonly devices: readonly Device[] }
  /** `by`: the name of a device, or `recovery`. */
  | { readonly do: 'sign-in'; readonly who: string; readonly app: AppId; readonly by: string }
  /** Signs in with one device and adds another. */
  | { readonly do: 'add'; readonly who: string; readonly app: AppId; readonly by: string; readonly device: Device }
  /** Signs in with one device and removes another. */
  | { readonly do: 'drop'; readonly who: string; readonly app: AppId; readonly by: string; readonly name: string }
  | { readonly do: 'rename'; readonly who: string; readonly app: AppId; readonly by: string; readonly to: string }
  | { readonly do: 'new-codes'; readonly who: string; readonly app: AppId; readonly by: string }
  /** One code that is wrong; the hundredth in a row from a browser that is known ends the device. */
  | { readonly do: 'mistype'; readonly who: string; readonly app: AppId; readonly by: string; readonly nth: number }
  /** Signs in at the gate and then at the app, and looks around there. */
  | { readonly do: 'visit'; readonly who: string; readonly app: AppId; readonly by: string }
  /** Signs in at the app, past the gate, and looks around so many times. */
  | { readonly do: 'go-past'; readonly who: string; readonly times: number }
  /** The help desk removes a device that was lost. */
  | { readonly do: 'remove-device'; readonly who: string; readonly name: string }
  | { readonly do: 'revoke'; readonly who: string }
  | { readonly do: 'revoke-app'; readonly app: AppId }
  | { readonly do: 'disable' | 'enable' | 'leave'; readonly who: string }
  | { readonly do: 'move'; readonly who: string; readonly organisation: string }
  | { readonly do: 'lock-down'; readonly reason: string; readonly until: number }
  | { readonly do: 'lock-down-over' }
  | { readonly do: 'new-key' }
  /** What is over its time goes; the night's work of the server. */
  | { readonly do: 'tidy' };

export type Step = Deed & { readonly at: number };

export interface Plan {
  /** First moment of the first day, and of the day after the last. */
  readonly from: number;
  readonly to: number;
  /** In order of time; no two at one moment. */
  readonly steps: readonly Step[];
  /** Who uses an app past the gate, and where. */
  readonly past: { readonly who: string; readonly app: AppId };
  /** The app that answers others than the gate. */
  readonly open: AppId;
}

export const DAY = 86_400_000;
export const APPS = ['records', 'desktop', 'rota'] as const satisfies readonly AppId[];
