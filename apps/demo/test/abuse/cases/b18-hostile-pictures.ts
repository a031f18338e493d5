import { MAX_PICTURE_CHARACTERS, PICTURE_PART_CHARACTERS, type CommandMessage } from '@dcvsm/protocol';
import type { FakeAgent } from '@dcvsm/testkit';
import fc from 'fast-check';
import { atMost, howMany, none, Tally, type Abuse, type Form } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';

/** Decoding a picture of 65,535 by 65,535 pixels would take 16 GiB. */
const GROWTH_MEGABYTES = 400;

interface Picture {
  readonly kind: string;
  readonly format: 'png' | 'jpeg';
  readonly parts: readonly string[];
  /** As the agent says; not always the truth. */
  readonly told?: number;
}

function png(width: number, height: number): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000806000000', 'hex');
  head.writeUInt32BE(width >>> 0, 16);
  head.writeUInt32BE(height >>> 0, 20);
  return head;
}

function jpeg(width: number, height: number): Buffer {
  const bytes = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b0800000000031100', 'hex');
  bytes.writeUInt16BE(height, 25);
  bytes.writeUInt16BE(width, 27);
  return bytes;
}

const one = (kind: string, format: 'png' | 'jpeg', bytes: Uint8Array | string): Picture => ({
  kind,
  format,
  parts: [Buffer.from(bytes as string).toString('base64')],
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const fixed: readonly Picture[] = [
  one('SVG', 'png', SVG),
  one('SVG behind blanks', 'jpeg', `\n ${SVG}`),
  one('HTML', 'png', '<!doctype html><script>alert(1)</script>'),
  one('GIF', 'png', 'GIF89a\x01\0\x01\0'),
  one('WebP', 'jpeg', 'RIFF\0\0\0\0WEBPVP8 '),
  one('a program', 'png', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46)),
  one('a zip', 'png', 'PK\x03\x04'),
  one('a JPEG said to be a PNG', 'png', jpeg(10, 10)),
  one('a PNG said to be a JPEG', 'jpeg', png(10, 10)),
  one('a PNG cut in its head', 'png', png(10, 10).subarray(0, 18)),
  one('a PNG bomb', 'png', png(65_535, 65_535)),
  one('a PNG of 2³² columns', 'png', png(0xffff_ffff, 1)),
  one('a PNG without rows', 'png', png(10, 0)),
  one('a JPEG bomb', 'jpeg', jpeg(65_535, 65_535)),
  one('a JPEG without a size', 'jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9, 0, 0)),
  { kind: 'no base64', format: 'png', parts: ['<img src=x>'] },
  { kind: 'an empty part', format: 'png', parts: [''] },
  { kind: 'fewer parts than told', format: 'png', parts: ['iVBO'], told: 2 },
  {
    kind: 'just too large, with a good head',
    format: 'png',
    parts: [
      png(640, 480).toString('base64').slice(0, 36).padEnd(PICTURE_PART_CHARACTERS, 'A'),
      ...Array.from({ length: MAX_PICTURE_CHARACTERS / PICTURE_PART_CHARACTERS }, () =>
        'A'.repeat(PICTURE_PART_CHARACTERS),
      ),
    ],
  },
];

const HUGE: Picture = {
  kind: '100 MiB',
  format: 'png',
  parts: Array.from({ length: (100 * 1_048_576) / PICTURE_PART_CHARACTERS }, () =>
    'A'.repeat(PICTURE_PART_CHARACTERS),
  ),
};

/** Never begins like a picture. */
function anything(form: Form): Picture[] {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((rest) => Buffer.concat([Buffer.of(0), rest]));
  const format = fc.constantFrom<'png' | 'jpeg'>('png', 'jpeg');
  const picture = fc.tuple(format, bytes).map(([is, content]) => one('anything', is, content));
  return fc.sample(picture, { numRuns: howMany(form, 2000, 30), seed: form.seed });
}

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  const agent = await broker.agent('evil');
  await broker.makesSession(agent);
  const [session] = agent.sessions.keys();
  const pictures = [...fixed, ...(form.isQuick ? [] : [HUGE]), ...anything(form)];
  const reasons = new Tally();
  const wrong: string[] = [];
  const before = broker.residentMegabytes;
  for (const picture of pictures) {
    answerWith(agent, picture);
    const answer = await broker.client.getSessionScreenshots([{ SessionId: session ?? '' }]);
    const reason = answer.UnsuccessfulList[0]?.FailureReason;
    reasons.add(reason?.replace(/\d+/g, 'N') ?? 'given to the client');
    if (reason === undefined) wrong.push(picture.kind);
  }
  const after = broker.residentMegabytes;
  const { length: inputs } = pictures;
  return [
    none('pictures that were given to the client', inputs, wrong, reasons.toString()),
    none('good pictures that were refused', 2, await goodOnes(broker, agent)),
    ...(before === null || after === null
      ? []
      : [
          atMost('growth of the broker', {
            inputs,
            value: after - before,
            limit: GROWTH_MEGABYTES,
            unit: 'MB',
          }),
        ]),
    none('harm to the broker afterwards', inputs, await broker.harm(), 'makes sessions, logged no error'),
  ];
};

function answerWith(agent: FakeAgent, { format, parts, told = parts.length }: Picture): void {
  agent.react = (message: CommandMessage) => {
    const { commandId, command } = message;
    if (command.kind !== 'take-screenshot') return agent.obey(message);
    for (const data of parts) agent.send({ type: 'picture-part', commandId, data });
    const takenAt = '2026-01-01T00:00:00.000Z';
    const picture = { format, takenAt, primary: true, parts: told };
    agent.send({ type: 'outcome', commandId, outcome: { kind: 'screenshot', picture } });
    return 'silence';
  };
}

/** What shows that the others were not refused for being pictures of a strange host. */
async function goodOnes(broker: BrokerProcess, agent: FakeAgent): Promise<string[]> {
  const wrong: string[] = [];
  const [session] = agent.sessions.keys();
  for (const picture of [one('PNG', 'png', png(800, 600)), one('JPEG', 'jpeg', jpeg(800, 600))]) {
    answerWith(agent, picture);
    const answer = await broker.client.getSessionScreenshots([{ SessionId: session ?? '' }]);
    const data = answer.SuccessfulList[0]?.SessionScreenshot.Images[0]?.Data;
    if (data !== picture.parts[0])
      wrong.push(`${picture.kind}: ${answer.UnsuccessfulList[0]?.FailureReason}`);
  }
  return wrong;
}
