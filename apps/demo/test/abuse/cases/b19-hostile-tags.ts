import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tag } from '@dcvsm/protocol';
import { encodeToBroker } from '@dcvsm/protocol';
import { TestBroker } from '../../../../agent/test/test-broker.js';
import { TestHost } from '../../../../agent/test/test-agent.js';
import { atMost, none, Tally, type Abuse, type Finding } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { hello } from '../hostile-frames.js';
import { frame, opcodes, RawLink } from '../raw-link.js';

const MOST_TAGS = 256;
const MOST_CHARACTERS = 1024;
const BUILT_IN = ['dcv:os-family', 'dcv:max-virtual-sessions', 'dcv:max-concurrent-sessions-per-user'];

const many = (count: number): Tag[] =>
  Array.from({ length: count }, (_, index) => ({ key: `t${index}`, value: 'v' }));

export const abuse: Abuse = async () => {
  await using broker = await BrokerProcess.start();
  return [
    await tooMuch(broker),
    ...(await builtInsWin(broker)),
    ...(await throughTheAgent()),
    none('harm to the broker afterwards', 1, await broker.harm(), 'makes sessions, logged no error'),
  ];
};

/** More than the wire takes, sent by somebody who does not keep to our agent's limits. */
async function tooMuch(broker: BrokerProcess): Promise<Finding> {
  const odd: readonly (readonly [string, readonly unknown[]])[] = [
    ['257 tags', many(MOST_TAGS + 1)],
    ['10,000 tags', many(10_000)],
    ['a value of 1 MiB', [{ key: 'a', value: 'x'.repeat(1_048_576) }]],
    ['a value one too long', [{ key: 'a', value: 'x'.repeat(MOST_CHARACTERS + 1) }]],
    ['a long key', [{ key: 'x'.repeat(257), value: '' }]],
    ['an empty key', [{ key: '', value: '' }]],
    ['a NUL', [{ key: 'a\0', value: '' }]],
    ['half a character', [{ key: 'a', value: '\ud800' }]],
    ['no text', [{ key: 'a', value: { toString: 'x' } }]],
    ['no list of pairs', [['a', 'b']]],
  ];
  const ends = new Tally();
  const wrong: string[] = [];
  for (const [kind, tags] of odd) {
    const message = hello('evil-tags');
    if (message.type === 'hello') message.report.facts.tags = tags as Tag[];
    const link = await RawLink.open(broker.agentPort, broker.ca);
    link.send(frame(encodeToBroker(message), { opcode: opcodes.text }));
    const end = await link.end();
    ends.add(end);
    if (end !== 1008 && end !== 1009) wrong.push(`${kind}: ${end}`);
  }
  return none(
    'hellos with too many, too long or broken tags that are taken',
    odd.length,
    wrong,
    ends.toString(),
  );
}

async function builtInsWin(broker: BrokerProcess): Promise<Finding[]> {
  const lies = [...BUILT_IN, 'dcv:anything', 'dcv:', '__proto__', 'constructor', 'toString'];
  const agent = await broker.agent('liar');
  agent.facts = { ...agent.facts, tags: lies.map((key) => ({ key, value: 'lie' })) };
  await agent.report();
  const [server] = (await broker.client.describeServers({ ServerIds: ['liar'] })).Servers;
  const tags = server?.Tags ?? [];
  const shown = tags
    .filter(({ Key, Value }) => Key.startsWith('dcv:') && Value === 'lie')
    .map(({ Key }) => Key);
  const missing = BUILT_IN.filter((key) => tags.filter((tag) => tag.Key === key).length !== 1);
  const placed: string[] = [];
  for (const key of BUILT_IN) {
    const Requirements = `server:Hostname = 'liar' and tag:${key} = 'lie'`;
    const entry = { Name: 'n', Owner: 'alice', Type: 'VIRTUAL' as const, Requirements };
    const { SuccessfulList } = await broker.client.createSessions([entry]);
    if (SuccessfulList.length > 0) placed.push(key);
  }
  return [
    none('built-in tags that a host could set, or that are missing or doubled', lies.length, [
      ...shown,
      ...missing,
    ]),
    none('sessions placed by such a lie', BUILT_IN.length, placed),
  ];
}

/** Tag files that hold all of it: our own agent must stay useful, and send what the wire takes. */
async function throughTheAgent(): Promise<Finding[]> {
  const broker = await TestBroker.start({ heartbeatMs: 60_000 });
  const host = new TestHost();
  try {
    const file = (name: string, text: string): void => writeFileSync(join(host.folder, 'tags', name), text);
    file(
      'a.toml',
      many(10_000)
        .map(({ key, value }) => `${key} = "${value}"`)
        .join('\n'),
    );
    file('b.toml', `long = "${'x'.repeat(1_048_576)}"\n${'k'.repeat(300)} = "v"\n"" = "v"`);
    file(
      'c.toml',
      [...BUILT_IN.map((key) => `"${key}" = "lie"`), '"__proto__" = "x"', 'constructor = "x"'].join('\n'),
    );
    file('d.toml', 'not TOML at all [[[');
    file('e.toml', 'table = { a = 1 }\nlist = [1]\nnan = nan\nnumber = 1');
    writeFileSync(join(host.folder, 'tags', 'f.toml'), Buffer.of(0xff, 0xfe, 0, 0x80));
    const said = broker.nextHello();
    await host.start(broker.port);
    const { tags } = (await said).report.facts;
    const longest = Math.max(...tags.map(({ key, value }) => Math.max(key.length, value.length)));
    const reserved = tags.filter(({ key }) => key.startsWith('dcv:')).map(({ key }) => key);
    return [
      atMost('tags that an agent sends of 10,000', { inputs: 10_000, value: tags.length, limit: MOST_TAGS }),
      atMost('longest text among them', {
        inputs: tags.length,
        value: longest,
        limit: MOST_CHARACTERS,
        unit: 'characters',
      }),
      none('reserved keys among them', tags.length, reserved),
    ];
  } finally {
    await host.dispose();
    await broker.vanish();
  }
}
