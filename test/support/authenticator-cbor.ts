/** Just enough CBOR (RFC 8949) for a software authenticator: shortest form, members in the order given. */
export type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>;

function head(major: number, value: number): Buffer {
  const top = major << 5;
  if (value < 24) return Buffer.from([top | value]);
  if (value < 0x100) return Buffer.from([top | 24, value]);
  if (value < 0x10000) return Buffer.from([top | 25, value >> 8, value & 0xff]);
  const long = Buffer.alloc(5);
  long[0] = top | 26;
  long.writeUInt32BE(value, 1);
  return long;
}

export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    const members = [...value].flatMap(([name, member]) => [cbor(name), cbor(member)]);
    return Buffer.concat([head(5, value.size), ...members]);
  }
  const items = value as readonly Cbor[]; // all that is left of the union
  return Buffer.concat([head(4, items.length), ...items.map(cbor)]);
}
