/**
 * One owner at a time on this machine, for a lab, a base image or an installation. The lock is an abstract Unix
 * socket: the kernel frees it when its owner ends, so no lock is stale. A second process can ask it for its owner.
 */
import { connect, createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { LockedError } from "../core/errors.ts";

/** Runs `work` as the only owner of `name`. @throws LockedError with the owner when there is one. */
export async function withLock<T>(name: string, reason: string, work: () => Promise<T>): Promise<T> {
  const server = await acquire(name, reason);
  try {
    return await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** As {@link withLock}, but waits for its turn. `waiting` is called once, with the present owner. */
export async function withTurn<T>(
  name: string,
  reason: string,
  waiting: (owner: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  for (let reported = false; ; reported = true) {
    try {
      return await withLock(name, reason, work);
    } catch (error) {
      if (!(error instanceof LockedError) || error.cause !== name) throw error;
      if (!reported) waiting(error.message);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function acquire(name: string, reason: string): Promise<Server> {
  const address = `\0kube-magic/${name}`;
  const owner = `${reason}, pid ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(owner);
  });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await listens(server, address)) {
      server.unref();
      return server;
    }
    const other = await ask(address);
    if (other === undefined) continue; // gone between the two questions: try again
    throw new LockedError(`${name} is in use by ${other}`, {
      cause: name,
      remedy: "Wait until it has ended, then repeat the command.",
    });
  }
  throw new LockedError(`${name} is in use`, { cause: name, remedy: "Repeat the command." });
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    server.once("error", failed);
    server.listen(path, () => {
      server.off("error", failed);
      resolve(true);
    });
  });
}

/** The owner as it describes itself; undefined when it has ended. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(path);
    socket.setTimeout(2000, () => {
      resolve("a process that does not answer");
      socket.destroy();
    });
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("close", () => resolve(text === "" ? undefined : text));
    socket.on("error", () => resolve(undefined));
  });
}
