import type { AppConfig } from '../../config/types.ts';

/** Which installation a command is about, as its options say. */
export interface Where {
  readonly config?: string;
  readonly data?: string;
}

/** A trial of the preset of an app, where the app stands. */
export interface Tried {
  readonly app: AppConfig;
  /** What was tried, with its version, in the operator's words. */
  readonly product: string | null;
  /** Lines that did not hold. */
  readonly failed: number;
}

/** What commands that try presets need of an installation; they do not know how one is opened. */
export interface Installed {
  /** An app as it is configured. Throws CommandRefused where there is none. */
  app(where: Where, id: string): Promise<AppConfig>;
  /** Puts a trial on record. Rejects when it cannot. */
  keep(where: Where, tried: Tried): Promise<void>;
}
