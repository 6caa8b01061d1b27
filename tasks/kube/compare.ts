/** A deploy's wishes against the cluster that runs: what would harm it. Pure. */
import { compareVersions } from "../core/versions.ts";
import { FIXED_SETTINGS, type FixedSetting, type RunningHost } from "./running.ts";

/** What the next deploy would install. */
export interface Wanted {
  /** Without a v; absent when nobody knows what kubespray would take. */
  readonly version?: string;
  readonly settings: Readonly<Partial<Record<FixedSetting, string>>>;
}

/** Why a deploy must not run as it is. */
export interface Harm {
  readonly message: string;
  readonly remedy: string;
}

/** Empty when nothing runs yet, or all fits. */
export function harmOf(running: readonly RunningHost[], wanted: Wanted): readonly Harm[] {
  return [...versionHarm(running, wanted.version), ...settingHarm(running, wanted.settings)];
}

function versionHarm(running: readonly RunningHost[], wanted: string | undefined): readonly Harm[] {
  if (wanted === undefined) return [];
  const versions = running.flatMap(({ host, version }) => (version === undefined ? [] : [{ host, version }]));
  const newer = versions.filter(({ version }) => compareVersions(version, wanted) > 0);
  const older = versions.filter(({ version }) => minor(version) < minor(wanted));
  const [first] = newer.length > 0 ? newer : older;
  if (first === undefined) return [];
  const hosts = (newer.length > 0 ? newer : older).map(({ host }) => host).join(", ");
  return newer.length > 0
    ? [
        {
          message: `${hosts} run Kubernetes ${first.version}, and the inventory wants ${wanted}: Kubernetes cannot go back`,
          remedy: `set versions.kubernetes: "${first.version}" in the inventory`,
        },
      ]
    : [
        {
          message: `${hosts} run Kubernetes ${first.version}, and the inventory wants ${wanted}: a deploy would change the minor version on all hosts at once, without draining them`,
          remedy: `npm run kube:upgrade -- --to ${wanted}; or set versions.kubernetes: "${first.version}" in the inventory`,
        },
      ];
}

function settingHarm(running: readonly RunningHost[], wanted: Wanted["settings"]): readonly Harm[] {
  return (Object.keys(FIXED_SETTINGS) as FixedSetting[]).flatMap((key) => {
    const wish = wanted[key];
    const other = running.find(
      ({ settings }) => settings[key] !== undefined && wish !== undefined && !isSame(settings[key], wish),
    );
    if (wish === undefined || other === undefined) return [];
    const runs = other.settings[key] ?? "";
    return [
      {
        message: `the ${FIXED_SETTINGS[key]} of the running cluster is ${runs} (${other.host}), and the inventory wants ${wish}: this cannot be changed while the cluster lives`,
        remedy: `write ${runs} in the inventory (npm run explain -- ${PATHS[key]} shows where); or npm run kube:reset, which removes the cluster and all that it holds`,
      },
    ];
  });
}

/** Where the inventory says it. */
const PATHS: Readonly<Record<FixedSetting, string>> = {
  pods: "network.pods",
  services: "network.services",
  clusterName: "name",
  dnsDomain: "tools.kubespray",
  etcdDataDir: "etcd.dataDir",
  networkPlugin: "tools.kubespray",
};

/** Two families of a network may be written in any order, with or without blanks; a folder with or without its last slash. */
function isSame(a: string, b: string): boolean {
  const normal = (text: string): string =>
    text
      .split(",")
      .map((part) => part.trim().replace(/(.)\/$/, "$1"))
      .sort()
      .join(",");
  return normal(a) === normal(b);
}

function minor(version: string): number {
  const [major = 0, second = 0] = version.split(".").map(Number);
  return major * 1000 + second;
}
