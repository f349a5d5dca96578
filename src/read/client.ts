/** Who is at the other end, as far as we believe it. */
export interface Client {
  /** Address of the person's side: the socket's peer, or what a configured trusted proxy says. IPv4-mapped forms are IPv4. */
  readonly address: string;
  /** Scheme that the browser used. */
  readonly scheme: 'http' | 'https';
  /** Value of X-Forwarded-For to send on: the trusted chain and the peer, or the peer alone. */
  readonly forwardedFor: string;
}
