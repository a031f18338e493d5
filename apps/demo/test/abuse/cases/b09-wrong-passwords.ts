import { systemClock, systemIds } from '@dcvsm/runtime';
import { atMost, howMany, none, Tally, type Abuse, type Finding } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { pool } from '../pool.js';

const TOKEN = '/oauth2/token?grant_type=client_credentials';
const WIDTH = 16;
/** What one client, and one address, may get wrong at once; then one and five more a second. */
const FREE_FOR_CLIENT = 20;
const FREE_FOR_ADDRESS = 100;
/** The right client asks after so many wrong ones. */
const RIGHT_EVERY = 25;

const clock = systemClock();
const ids = systemIds();

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const wanted = howMany(form, 20_000, 600);
  return [
    ...(await flood(broker, 'one client', wanted, FREE_FOR_CLIENT, 1, () => broker.credentials.clientId)),
    ...(await flood(broker, 'many clients', wanted, FREE_FOR_ADDRESS, 5, () => ids.uuid())),
    none('harm to the broker', 2 * wanted, await broker.harm(), 'makes sessions, logged no error'),
    fewAuditEntries(broker, 2 * wanted),
  ];
};

/** Wrong passwords as fast as they go, and the right one in between. */
async function flood(
  broker: BrokerProcess,
  whose: string,
  wanted: number,
  free: number,
  freePerSecond: number,
  clientId: () => string,
): Promise<Finding[]> {
  const answers = new Tally();
  const wrong: string[] = [];
  const turnedAway: string[] = [];
  let rightOnes = 0;
  const { clientId: rightId, clientPassword } = broker.credentials;
  const startMs = clock.monotonicMs();
  await pool(Array(wanted).keys(), WIDTH, async (index) => {
    const { status, text } = await broker.send(TOKEN, asking(clientId(), ids.secret(32)));
    answers.add(status);
    if (status !== 401 && status !== 429) wrong.push(`${status} ${text}`);
    if (index % RIGHT_EVERY !== 0) return;
    rightOnes += 1;
    const right = await broker.send(TOKEN, asking(rightId, clientPassword));
    if (right.status !== 200) turnedAway.push(`${right.status} ${right.text}`);
  });
  const seconds = (clock.monotonicMs() - startMs) / 1000;
  const looked = answers.count(401);
  return [
    none(`wrong passwords of ${whose} that are let in or break something`, wanted, wrong, answers.toString()),
    atMost(`wrong passwords of ${whose} answered as such, the others with 429`, {
      inputs: wanted,
      value: looked,
      // The limits fill up with time, and one may fill between two requests.
      limit: Math.ceil(free + freePerSecond * seconds + 1),
      outcome: `in ${seconds.toFixed(1)} s, ${Math.round(wanted / seconds)}/s`,
    }),
    none(`right passwords turned away meanwhile`, rightOnes, turnedAway, 'all let in'),
  ];
}

function asking(id: string, password: string): { headers: Record<string, string> } {
  const basic = Buffer.from(`${id}:${password}`).toString('base64');
  return {
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
  };
}

/** Each answered guess has an entry, and each flood one now and then. */
function fewAuditEntries(broker: BrokerProcess, inputs: number): Finding {
  const refused = broker.auditLines.filter((line) => line.includes('"outcome":"refused"')).length;
  return atMost('audit entries about them', { inputs, value: refused, limit: 1000, outcome: 'bounded' });
}
