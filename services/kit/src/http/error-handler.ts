import { STATUS_CODES } from "node:http";
import { errorCodes, type FastifyInstance } from "fastify";
import { Rejection } from "./rejections.ts";

/** Responds to an error with its status alone. The reason goes into the log. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error>((error, request, reply) => {
    request.failure = error;
    const { status, headers } = error instanceof Rejection ? error : { status: statusOf(error), headers: {} };
    reply.code(status).headers(headers).type("text/plain; charset=utf-8");
    reply.send(`${STATUS_CODES[status]}\n`);
  });
}

/**
 * Fastify itself reads a body on the admin port only. On the echo port only the method PRI has no route: Node's parser accepts
 * it in HTTP/0.9 syntax, but METHODS does not contain it.
 */
function statusOf(error: Error): 400 | 413 | 500 {
  if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) return 413;
  return error instanceof errorCodes.FST_ERR_NOT_FOUND ? 400 : 500;
}
