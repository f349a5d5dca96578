import type { Page } from 'playwright-core';
import type { Answer, Ask, Client } from './client.ts';
import type { Front } from './guarded.ts';

/** A name and password at the product. */
export interface Account {
  readonly name: string;
  readonly password: string;
}

/** What the checks must know of a product. */
export interface Product {
  readonly name: string;
  /** Its file in legacy/. */
  readonly legacy: string;
  readonly preset: string;
  /** Parameters of the preset; `second` is the port of the server behind the product. */
  readonly params?: (second: number) => Readonly<Record<string, string>>;
  /** `factor-first`: nothing of the product is there to be seen before it knows who somebody is. */
  readonly orders: 'both' | 'factor-first';
  /** To show its login page ends its session. */
  readonly pageEnds?: true;
  /** It answers right and wrong passwords alike. */
  readonly alike?: true;
  /** Names that HTTP itself cannot carry where this product has them; they need no refusal of ours. */
  readonly unsendable?: RegExp;
  /** The person whose session it is, and the one whose password has been stolen. */
  readonly mine: Account;
  readonly other: Account;
  /** More of the login block, such as who holds its one account. */
  readonly login?: string;
  /** It has one account: nobody can sign in as `other`. */
  readonly single?: true;
  /** A page for those who are signed in. */
  readonly inside: {
    readonly target: string;
    /** Whom an answer to that names; null: nobody. */
    name(answer: Answer): string | null;
    /** How it is asked for, where that needs more than a target. */
    ask?(browser: Client, account: Account): Promise<Ask>;
  };
  /** Looks at the login page as this browser and makes the request that signs somebody in. */
  attempt(browser: Client, account: Account): Promise<Ask>;
  /** Whether the product's answer to that says that it was in vain. */
  failed(answer: Answer): boolean;
  /** Signs this browser out at the product, so that its login page is back; undefined: a sign-in can follow another. */
  leave?(browser: Client): Promise<void>;
  /** Other ways in with the same password. */
  sideDoors(account: Account): readonly Ask[];
  /** Requests of which a careless proxy reads `mine` and the product `other`, made of a good one for `mine`. */
  decoys(good: Ask, mine: Account, other: Account): readonly Ask[];
  /** Adds what asks the product to remember the person; undefined: it cannot. */
  remember?: (good: Ask) => Ask;
  /** Names of the product's cookies that a browser may have. */
  readonly browserCookies: RegExp;
  /** Names of the product's cookies that are its session; null: it has none. */
  readonly sessionCookies: RegExp | null;
  /** What of restart and expiry ends the sessions at the product. */
  readonly ends: readonly ('restart' | 'expire')[];
  /** Names that the product itself has written down as signed in; undefined: it writes none down. */
  witness?: (folder: string) => readonly string[];
  /** How a person goes about it in a browser. */
  readonly person: {
    /** Where they want to go. */
    readonly target: string;
    /** The product's own login page; null: the browser itself asks for name and password. */
    readonly page: {
      readonly account: string;
      readonly secret: string;
      readonly submit: string;
      /** Whether the name stands there already after the factor. */
      readonly filled: boolean;
    } | null;
    /** Settles once the page shows that they have arrived. */
    arrived(page: Page): Promise<void>;
    /** What they came for. */
    work(page: Page, front: Front): Promise<void>;
    /** Presses what signs out at the product, where it has that. */
    leave?(page: Page, front: Front): Promise<void>;
    /** Complaints of the page that are the product's own. */
    readonly usual?: RegExp;
    /** Kinds of what its pages load. */
    readonly loads: readonly string[];
  };
}
