/** Every server property a requirement may name (developer guide, CreateSessions, `Requirements`). */
export const SERVER_PROPERTIES = [
  'Id',
  'Hostname',
  'Version',
  'SessionManagerAgentVersion',
  'Host.Os.BuildNumber',
  'Host.Os.Family',
  'Host.Os.KernelVersion',
  'Host.Os.Name',
  'Host.Os.Version',
  'Host.Memory.TotalBytes',
  'Host.Memory.UsedBytes',
  'Host.Swap.TotalBytes',
  'Host.Swap.UsedBytes',
  'Host.CpuLoadAverage.OneMinute',
  'Host.CpuLoadAverage.FiveMinutes',
  'Host.CpuLoadAverage.FifteenMinutes',
  'Host.Aws.Ec2InstanceId',
  'Host.Aws.Ec2InstanceType',
  'Host.Aws.Region',
  'Host.Aws.Ec2ImageId',
  'Host.CpuInfo.Architecture',
  'Host.CpuInfo.ModelName',
  'Host.CpuInfo.NumberOfCpus',
  'Host.CpuInfo.PhysicalCoresPerCpu',
  'Host.CpuInfo.Vendor',
] as const;

export type ServerProperty = (typeof SERVER_PROPERTIES)[number];

/** DescribeServers answers with `EC2…`; people copy that spelling into requirements, so it is understood too. */
const answerSpellings: readonly (readonly [string, ServerProperty])[] = [
  ['Host.Aws.EC2InstanceId', 'Host.Aws.Ec2InstanceId'],
  ['Host.Aws.EC2InstanceType', 'Host.Aws.Ec2InstanceType'],
  ['Host.Aws.EC2ImageId', 'Host.Aws.Ec2ImageId'],
];

const bySpelling = new Map<string, ServerProperty>([
  ...SERVER_PROPERTIES.map((property) => [property, property] as const),
  ...answerSpellings,
]);

/** The canonical spelling of a property, or undefined when there is no such property. Upper and lower case count. */
export function serverProperty(spelling: string): ServerProperty | undefined {
  return bySpelling.get(spelling);
}
