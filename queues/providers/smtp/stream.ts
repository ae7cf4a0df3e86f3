/** What the SMTP engine needs of a connection; cloudflare:sockets fits it in workerd, node:net in tests. */
export type ByteStream = {
  /** The next bytes, or undefined when the other side has finished. */
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
  /** The same connection, encrypted. This one must not be used afterwards. */
  startTls(): Promise<ByteStream>;
  /** Ends whatever is waiting. Never throws. */
  close(): void;
};
