/** One attribute by RFC 7643 §7. */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable';
  readonly returned: 'always' | 'default';
  readonly uniqueness: 'none' | 'server';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  /** Of a complex attribute; none of them is complex or has several values. */
  readonly subAttributes?: readonly Attribute[];
  /** How many values it may have, where it may have several; not published. */
  readonly most?: number;
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** What is kept of one kind of resource, and what of it is known and not kept. */
export interface ResourceType {
  readonly id: 'User' | 'Group';
  readonly endpoint: '/Users' | '/Groups';
  readonly description: string;
  readonly schema: Schema;
  /** Names of attributes, in small letters, that the RFC defines for it: accepted, and not kept. */
  readonly notKept: ReadonlySet<string>;
  /** Schemas, in small letters, whose attributes are accepted and not kept. */
  readonly notKeptSchemas: ReadonlySet<string>;
}

export type Simple = string | boolean;
export type Complex = { readonly [name: string]: Simple };
export type Value = Simple | Complex | readonly (Simple | Complex)[];
/** A resource whose names are those of its schema, letter for letter; what has no value is not there. */
export type Resource = { readonly [name: string]: Value };
