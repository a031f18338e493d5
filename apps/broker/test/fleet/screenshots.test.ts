import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { CommandMessage, Outcome } from '@dcvsm/protocol';
import type { FakeAgent } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

const PART_CHARACTERS = 262_144;
/** Base64 of how a PNG of one pixel begins. */
const PNG_HEAD = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ';

function taken(parts: number): Outcome {
  const takenAt = '2026-01-01T00:00:00.000Z';
  return { kind: 'screenshot', picture: { format: 'png', takenAt, primary: true, parts } };
}

/** The host answers screenshots with these parts, and says that there were `told`. */
function pictures(agent: FakeAgent, parts: readonly string[], told = parts.length): void {
  agent.react = ({ commandId, command }: CommandMessage) => {
    if (command.kind !== 'take-screenshot')
      return agent.obey({ commandId, command, type: 'command', timeLeftMs: 0 });
    for (const data of parts) agent.send({ type: 'picture-part', commandId, data });
    agent.send({ type: 'outcome', commandId, outcome: taken(told) });
    return 'silence';
  };
}

async function readySession(fleet: TestFleet): Promise<string> {
  const { Id: id = '' } = await fleet.create();
  await fleet.describe(id);
  return id;
}

it('puts a picture together from its parts, in order', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const id = await readySession(fleet);
  const parts = [PNG_HEAD, 'A', 'B', 'C'].map((start) => start.padEnd(PART_CHARACTERS, start));
  pictures(agent, parts);
  const answer = await fleet.client.getSessionScreenshots([{ SessionId: id, MaxWidth: 640, MaxHeight: 480 }]);
  expect(answer.SuccessfulList[0]?.SessionScreenshot.Images[0]?.Data).toBe(parts.join(''));
  expect(agent.commands.at(-1)?.command).toMatchObject({ maxWidth: 640, maxHeight: 480, format: 'png' });
});

it.each([
  ['incomplete', ['AAAA'], 2, 'the picture arrived incomplete'],
  [
    'too large',
    Array.from({ length: 129 }, () => 'A'.repeat(PART_CHARACTERS)),
    129,
    'the picture is too large',
  ],
  ['no picture', [btoa('<svg xmlns="x"/>  ')], 1, 'the host sent something that is not a PNG picture'],
  ['no base64', ['%%%%'], 1, 'the host sent a picture that is not base64'],
])('refuses a picture that is %s', async (_, parts, told, reason) => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const id = await readySession(fleet);
  pictures(agent, parts, told);
  const answer = await fleet.client.getSessionScreenshots([{ SessionId: id }]);
  expect(answer.SuccessfulList).toEqual([]);
  expect(answer.UnsuccessfulList).toMatchObject([{ FailureReason: reason }]);
});

it('gives one reason for each session whose host never answers, while other calls go on', async () => {
  await using fleet = await TestFleet.start();
  const [mute, good] = [await fleet.agent('s1'), await fleet.agent('s2')];
  const ids = [await readySession(fleet), await readySession(fleet)];
  mute.react = () => 'silence';
  const answer = fleet.client.getSessionScreenshots(ids.map((SessionId) => ({ SessionId })));
  await Promise.all([mute.command('take-screenshot'), good.command('take-screenshot')]);
  await fleet.client.closeServers([{ ServerId: 's1', Force: true }]);
  expect(await fleet.describe((await fleet.create()).Id)).toMatchObject({ State: 'READY' });
  await fleet.advance(11_000);
  const { SuccessfulList, UnsuccessfulList } = await answer;
  expect(SuccessfulList).toHaveLength(1);
  expect(UnsuccessfulList).toMatchObject([
    { FailureReason: 'The DCV server of the session did not answer in time' },
  ]);
});

it('says that the link was lost when the host goes while it is asked', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const id = await readySession(fleet);
  agent.react = () => 'silence';
  const answer = fleet.client.getSessionScreenshots([{ SessionId: id }]);
  await agent.command('take-screenshot');
  await agent.disconnect();
  expect((await answer).UnsuccessfulList).toMatchObject([
    { FailureReason: "The DCV server of the session became unreachable: its agent's link was lost" },
  ]);
});

it('still gets the picture that was on its way when the broker was told to stop', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const id = await readySession(fleet);
  let stopped: Promise<void> = Promise.resolve();
  pictures(agent, [PNG_HEAD]);
  const answer = agent.react;
  agent.react = async (message) => {
    stopped = fleet.broker.stop();
    // Long after the links would be gone if they went first.
    for (let turn = 0; turn < 12; turn += 1) await eventLoopTurn();
    return answer(message);
  };
  const { SuccessfulList } = await fleet.client.getSessionScreenshots([{ SessionId: id }]);
  expect(SuccessfulList).toHaveLength(1);
  await stopped;
});
