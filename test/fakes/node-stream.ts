/** The SMTP engine's byte stream over node:net and node:tls, with plain iteration instead of events. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SmtpAddress } from "#queues/providers/smtp/adapter";
import type { ByteStream } from "#queues/providers/smtp/stream";

export async function openNodeStream(address: SmtpAddress): Promise<ByteStream> {
  const { host, port } = address;
  const socket =
    address.security === "tls"
      ? connectTls({ host, port, rejectUnauthorized: false })
      : connect({ host, port });
  await new Promise<void>((resolve, reject) => {
    socket.once(address.security === "tls" ? "secureConnect" : "connect", resolve);
    socket.once("error", reject);
  });
  return streamOver(socket, host);
}

function streamOver(socket: Socket, host: string): ByteStream {
  // As workerd's sockets are: the end of the data, sent by itself, must not wait for an acknowledgement.
  socket.setNoDelay(true);
  // A broken line is told to whoever reads; without a listener it would end the process.
  socket.on("error", () => undefined);
  const chunks = socket.iterator({ destroyOnReturn: false });
  return {
    async read() {
      const { done, value } = await chunks.next();
      return done ? undefined : new Uint8Array(value as Buffer);
    },
    write(bytes) {
      return new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    },
    async startTls() {
      await chunks.return?.();
      const secure = connectTls({ socket, host, rejectUnauthorized: false });
      await new Promise<void>((resolve, reject) => {
        secure.once("secureConnect", resolve);
        secure.once("error", reject);
      });
      return streamOver(secure, host);
    },
    close() {
      socket.destroy();
    },
  };
}
