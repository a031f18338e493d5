import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@dcvsm/runtime';
import { countedIds } from '@dcvsm/testkit';
import { identityFor, makeServerId, type HostNames } from './identity.js';
import { IdentityKeeper } from './identity-keeper.js';

const host: HostNames = { hostname: 'ws-1', ip: '10.0.0.5', macs: ['02:00:00:00:00:01'] };
const uuid = '69c24a3f-5f6d-4f6f-83ff-bb9f7dc6a3f4';

describe('identityFor', () => {
  it('makes an id of the form that the original has', () => {
    const decoded = Buffer.from(makeServerId(host, uuid), 'base64').toString();
    expect(decoded).toBe('ws-1-10.0.0.5-69c24a3f5f6d4f6f83ffbb9f7dc6a3f4');
  });

  it('keeps the id as long as name and address stay', () => {
    const first = identityFor(null, host, () => uuid);
    expect(identityFor(first, host, () => 'never')).toBe(first);
    const newCard = identityFor(first, { ...host, macs: ['02:00:00:00:00:09'] }, () => 'never');
    expect(newCard.serverId).toBe(first.serverId);
  });

  it('makes a new id when the name or the address changes and remembers the older ones', () => {
    const first = identityFor(null, host, () => uuid);
    const renamed = identityFor(first, { ...host, hostname: 'ws-2' }, () => uuid);
    const moved = identityFor(renamed, { ...host, hostname: 'ws-2', ip: '10.0.0.6' }, () => uuid);
    expect(moved.previousServerIds).toEqual([first.serverId, renamed.serverId]);
  });

  it('does not claim the ids of the machine whose disk it is a copy of', () => {
    const original = identityFor(null, host, () => uuid);
    const copy = identityFor(
      original,
      { hostname: 'ws-9', ip: '10.0.0.9', macs: ['02:00:00:00:00:99'] },
      () => uuid,
    );
    expect(copy.previousServerIds).toEqual([]);
  });

  it('remembers at most 16 older ids', () => {
    let identity = identityFor(null, host, () => uuid);
    for (let n = 0; n < 40; n += 1)
      identity = identityFor(identity, { ...host, hostname: `h${n}` }, () => uuid);
    expect(identity.previousServerIds).toHaveLength(16);
  });
});

describe('IdentityKeeper', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-identity-'));
    file = join(folder, 'data', 'identity.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const keeper = (space = 0): IdentityKeeper =>
    new IdentityKeeper({ file, ids: countedIds(space), log: silentLog() });

  it('survives a restart, in a file for nobody else', async () => {
    const { identity } = await keeper().observe(host);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await keeper(1).observe(host)).identity).toEqual(identity);
  });

  it('offers older ids until the broker has welcomed the new one', async () => {
    const before = await keeper().observe(host);
    const after = keeper(1);
    const renamed = await after.observe({ ...host, hostname: 'new' });
    expect(renamed.changed).toBe(true);
    expect(renamed.identity.previousServerIds).toEqual([before.identity.serverId]);
    await after.welcomed('some other id');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      previousServerIds: [before.identity.serverId],
    });
    await after.welcomed(renamed.identity.serverId);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ previousServerIds: [] });
  });

  it('makes a new id when the file is damaged, and goes on when it cannot be written', async () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder should be');
    expect((await keeper().observe(host)).identity.serverId).not.toBe('');
  });
});
