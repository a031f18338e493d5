import { request } from 'node:http';

/** The broker could not be asked, or said no; the message is for the operator. */
export class AdminError extends Error {}

/** One call to the running broker over its local socket. @rejects AdminError. */
export function callAdmin(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, headers: { 'Content-Type': 'application/json' } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          const value: unknown = JSON.parse(text);
          if (answer.statusCode === 200) resolve(value);
          else reject(new AdminError(errorText(value) ?? `the broker answered ${answer.statusCode}`));
        });
      },
    );
    call.on('error', (cause: NodeJS.ErrnoException) => reject(unreachable(socketPath, cause)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function unreachable(socketPath: string, cause: NodeJS.ErrnoException): AdminError {
  if (cause.code === 'EACCES') {
    return new AdminError(
      `not allowed to open ${socketPath}; run the command as root or as the broker's user`,
    );
  }
  return new AdminError(
    `no broker answers on ${socketPath} (${cause.code}); is it running with this configuration?`,
  );
}

function errorText(value: unknown): string | undefined {
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined;
  return typeof error === 'string' ? error : undefined;
}
