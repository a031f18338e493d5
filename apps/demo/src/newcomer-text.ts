import type { Connection } from './connection-file.js';

/** What a newcomer reads when the demo is up: everything to copy, nothing to look up. */
export function newcomerText(connection: Connection, connectionFile: string): string {
  const { url, caFile, clientId, clientPassword } = connection;
  return `
Open DCV Session Manager is up, on this machine only. Not affiliated with Amazon.

  URL              ${url}
  CA file          ${caFile}
  client id        ${clientId}
  client password  ${clientPassword}
  all of it in     ${connectionFile}

Two servers take 10 virtual sessions each: one with the tag color=pink, one with color=blue.
They are stand-ins for the proprietary DCV server; their desktops are real X displays if Xvnc or Xvfb is installed.

In another terminal, get ready (a token is good for an hour) ...

  URL=${url}
  dcv() { curl -sS --cacert ${caFile} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; echo; }
  TOKEN=$(dcv -u '${clientId}:${clientPassword}' $URL/oauth2/token?grant_type=client_credentials -X POST | cut -d'"' -f4)

... then create a session, list all, and get what a user needs to connect:

  dcv $URL/createSessions -d '[{"Name":"hello","Owner":"me","Type":"VIRTUAL","AutorunFile":"hello.sh"}]'
  dcv $URL/describeSessions -d '{}'
  dcv $URL/sessionConnectionData/SESSION_ID/me

Press Ctrl-C to stop everything.
`;
}
