import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Demo } from './start-demo.js';

const onPink = { Requirements: "tag:color = 'pink'" };

it('shows a server as unreachable when its agent is killed, and its sessions again when it is back', async () => {
  await using demo = await Demo.start();
  const session = await demo.create(onPink);
  await demo.reaches(session.Id, 'READY');
  const serverId = (await demo.session(session.Id))?.Server?.Id ?? '';

  const { agent } = demo.fleet.host('host-1');
  agent.signal('SIGKILL');
  await agent.exited;
  await demo.eventually('the server to be unreachable', async () =>
    (await demo.server(serverId))?.UnavailabilityReason === 'UNREACHABLE_AGENT' ? true : null,
  );
  await expect(demo.create(onPink)).rejects.toThrow(/No DCV server found .*1 unreachable/);

  await demo.fleet.startAgent('host-1');
  await demo.eventually('the server to be available', async () =>
    (await demo.server(serverId))?.Availability === 'AVAILABLE' ? true : null,
  );
  expect(await demo.session(session.Id)).toMatchObject({ State: 'READY', Server: { Id: serverId } });
  expect((await demo.client.describeServers({})).Servers).toHaveLength(2);
});

it('reports sessions gone when their DCV server restarts, and places new ones there again', async () => {
  await using demo = await Demo.start();
  const session = await demo.create(onPink);
  await demo.reaches(session.Id, 'READY');

  const { desktop } = demo.fleet.host('host-1');
  desktop.signal('SIGKILL');
  await desktop.exited;
  await demo.eventually('the server to be unhealthy', async () => {
    const { Servers } = await demo.client.describeServers({});
    return (
      Servers.some(({ UnavailabilityReason }) => UnavailabilityReason === 'UNHEALTHY_DCV_SERVER') || null
    );
  });
  await demo.fleet.startDesktop('host-1');
  const gone = await demo.reaches(session.Id, 'DELETED');
  expect(gone.StateReason).toBe('No longer exists on its server');
  const next = await demo.eventually('the server to take sessions', () => demo.create(onPink));
  await demo.reaches(next.Id, 'READY');
});

it('leaves no ghost when a host was renamed while its agent was away', async () => {
  await using demo = await Demo.start();
  const session = await demo.create(onPink);
  await demo.reaches(session.Id, 'READY');
  const before = (await demo.session(session.Id))?.Server?.Id ?? '';

  const { agent } = demo.fleet.host('host-1');
  agent.signal('SIGTERM');
  await agent.exited;
  await pretendOldName(demo);
  await demo.fleet.startAgent('host-1');

  const after = await demo.eventually('the session on the renamed server', async () => {
    const found = await demo.session(session.Id);
    return found?.State === 'READY' && found.Server?.Id !== before ? found : null;
  });
  const { Servers } = await demo.client.describeServers({});
  expect(Servers.map(({ Id }) => Id)).not.toContain(before);
  expect(Servers.map(({ Id }) => Id)).toContain(after.Server?.Id);
  expect(Servers).toHaveLength(2);
});

/** Makes the agent's memory of its host name an old one, as if the host had been renamed since. */
async function pretendOldName(demo: Demo): Promise<void> {
  const folder = join(demo.folder, 'host-1', 'data');
  for (const name of await readdir(folder)) {
    if (!name.includes('identity')) continue;
    const file = join(folder, name);
    const identity = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const text = JSON.stringify({ ...identity, hostname: 'its-former-name' });
    await writeFile(file, text);
    return;
  }
  throw new Error(`no identity file in ${folder}`);
}

it('adopts a session that an administrator made on the host, and sees it go', async () => {
  await using demo = await Demo.start();
  await demo.dcv(
    'host-1',
    'create-session',
    '--type',
    'virtual',
    '--owner',
    'carol',
    '--name',
    'by hand',
    'local-1',
  );
  const found = await demo.reaches('local-1', 'READY');
  expect(found).toMatchObject({ Name: 'by hand', Owner: 'carol', Type: 'VIRTUAL' });
  await demo.dcv('host-1', 'close-session', 'local-1');
  await demo.reaches('local-1', 'DELETED');
});
