import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { HostFacts } from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';
import type { Platform } from '../config/platform.js';

export type AwsFacts = NonNullable<HostFacts['aws']>;

/** For all requests together: on a host that is no EC2 instance nobody answers. */
const OVERALL_MS = 1000;
const MAX_ANSWER_BYTES = 4096;
const METADATA_ADDRESS = 'http://169.254.169.254';

/** What the EC2 instance metadata service (version 2) says; null if this is no EC2 instance or it does not answer. */
export async function readAws(clock: Clock, base: string = METADATA_ADDRESS): Promise<AwsFacts | null> {
  const giveUp = new AbortController();
  const timer = clock.after(OVERALL_MS, () => giveUp.abort());
  const ask = (path: string, options: http.RequestOptions): Promise<string> =>
    request(`${base}/latest/${path}`, { ...options, signal: giveUp.signal });
  try {
    const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' };
    const token = await ask('api/token', { method: 'PUT', headers });
    const read = (name: string): Promise<string> =>
      ask(`meta-data/${name}`, { method: 'GET', headers: { 'X-aws-ec2-metadata-token': token } });
    const [region, instanceType, instanceId, imageId] = await Promise.all([
      read('placement/region'),
      read('instance-type'),
      read('instance-id'),
      read('ami-id'),
    ]);
    return { region, instanceType, instanceId, imageId };
  } catch {
    return null;
  } finally {
    timer.cancel();
    giveUp.abort();
  }
}

/** Whether asking makes sense: on Linux the firmware says who made the machine; elsewhere one has to try. */
export async function mayBeEc2(platform: Platform, root = '/sys'): Promise<boolean> {
  if (platform === 'windows') return true;
  const read = (path: string): Promise<string> => readFile(`${root}/${path}`, 'utf8').catch(() => '');
  const vendor = await read('class/dmi/id/sys_vendor');
  const uuid = await read('hypervisor/uuid');
  return vendor.startsWith('Amazon EC2') || uuid.toLowerCase().startsWith('ec2');
}

function request(url: string, options: http.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, options, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER_BYTES) answer.destroy(new Error('the answer is too long'));
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text.trim());
        else reject(new Error(`status ${answer.statusCode ?? 0}`));
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
