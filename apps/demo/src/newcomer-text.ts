import type { Connection } from './connection-file.js';

/** What a newcomer reads when the demo is up: everything to copy, nothing to look up. */
export function newcomerText(connection: Connection, connectionFile: string): string {
  const { url, caFile, clientId, clientPassword } = connection;
  const curl = `curl -s --cacert ${caFile}`;
  const authorized = `${curl} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'`;
  const body = `[{"Name":"hello","Owner":"'$USER'","Type":"VIRTUAL","AutorunFile":"hello.sh","Requirements":"tag:color = '"'"'pink'"'"'"}]`;
  return `
Open DCV Session Manager is up, on this machine only. Not affiliated with Amazon.

  URL              ${url}
  CA file          ${caFile}
  client id        ${clientId}
  client password  ${clientPassword}
  all of it in     ${connectionFile}

Two servers take 10 virtual sessions each: one with tag color=pink, one with color=blue.
They are stand-ins for the proprietary DCV server, with real X displays if Xvnc or Xvfb is installed.

Get a token, then create, list and connect:

  TOKEN=$(${curl} -u '${clientId}:${clientPassword}' -d grant_type=client_credentials ${url}/oauth2/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

  ${authorized} -d '${body}' ${url}/createSessions

  ${authorized} -d '{}' ${url}/describeSessions

  ${authorized} ${url}/sessionConnectionData/SESSION_ID/$USER

Press Ctrl-C to stop everything.
`;
}
