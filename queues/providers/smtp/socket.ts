/** The byte stream over cloudflare:sockets, which exists in workerd alone: hence the late import. */
import type { SmtpAddress } from "./adapter.ts";
import type { ByteStream } from "./stream.ts";

const transport = { none: "off", starttls: "starttls", tls: "on" } as const;

export async function openSocket(address: SmtpAddress): Promise<ByteStream> {
  const { connect } = await import("cloudflare:sockets");
  const socket = connect(
    { hostname: address.host, port: address.port },
    { secureTransport: transport[address.security], allowHalfOpen: false },
  );
  await socket.opened;
  return streamOver(socket);
}

function streamOver(socket: Socket): ByteStream {
  const reader = (socket.readable as ReadableStream<Uint8Array>).getReader();
  const writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    write: (bytes) => writer.write(bytes),
    async startTls() {
      reader.releaseLock();
      writer.releaseLock();
      const secure = socket.startTls();
      await secure.opened;
      return streamOver(secure);
    },
    close() {
      socket.close().catch(() => undefined);
    },
  };
}
