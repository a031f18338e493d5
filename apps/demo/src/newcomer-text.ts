import { dirname, join } from 'node:path';
import type { Connection } from './connection-file.js';

/** What a newcomer reads when the demo is up: everything to copy, nothing to look up. */
export function newcomerText(connection: Connection, connectionFile: string): string {
  const cliConfig = join(dirname(connectionFile), 'dcvsmcli.conf');
  const { url, caFile, clientId, clientPassword } = connection;
  return `
Open DCV Session Manager is up, on this machine only. Not affiliated with Amazon.

  URL              ${url}
  CA file          ${caFile}
  client id        ${clientId}
  client password  ${clientPassword}
  all of it in     ${connectionFile}

Two servers take 10 virtual sessions each: one with the tag color=pink, one with color=blue.
Their agents registered with a software statement of one use each, which names those tags.
They are stand-ins for the proprietary DCV server; their desktops are real X displays if Xvnc or Xvfb is installed.

Copy this into another terminal; the token is good for an hour:

  URL=${url} CA=${caFile}
  TOKEN=$(curl -sS --cacert $CA -u ${clientId}:${clientPassword} -d grant_type=client_credentials $URL/oauth2/token | cut -d'"' -f4)
  JSON="Content-Type: application/json" AUTH="Authorization: Bearer $TOKEN"

Create a session, list all, and get what a user needs to connect:

  curl -sS --cacert $CA -H "$AUTH" -H "$JSON" $URL/createSessions -d '[{"Name":"hello","Owner":"me","Type":"VIRTUAL","AutorunFile":"hello.sh"}]'
  curl -sS --cacert $CA -H "$AUTH" -H "$JSON" $URL/describeSessions -d '{}'
  curl -sS --cacert $CA -H "$AUTH" $URL/sessionConnectionData/SESSION_ID/me

Or with the dcvsm command, which has these values in a file of its own:

  dcvsm() { node apps/cli/bin/dcvsm.js --conf ${cliConfig} "$@"; }
  dcvsm create-session --name hello --owner me --type Virtual
  dcvsm describe-sessions --output-format table
  dcvsm watch

Press Ctrl-C to stop everything.
`;
}
