/** A script that a lab host runs at boot, before its other services: files of the base image, and the unit to enable. */

export interface BootScript {
  /** Of script and unit: `lab-containers`. */
  readonly name: string;
  /** For systemd's messages. */
  readonly description: string;
  readonly script: string;
  /** Units that start after it. */
  readonly before: string;
}

export interface BootUnit {
  /** Name of the unit. */
  readonly unit: string;
  /** Path in the image → content and mode. */
  readonly files: Readonly<Record<string, { readonly content: string; readonly mode: number }>>;
}

/** Pure. */
export function bootUnit({ name, description, script, before }: BootScript): BootUnit {
  const path = `usr/local/lib/kube-magic/${name}`;
  const unit = `${name}.service`;
  const content = `[Unit]
Description=${description}
DefaultDependencies=no
Before=${before}
ConditionVirtualization=container

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/${path}

[Install]
WantedBy=sysinit.target
`;
  return {
    unit,
    files: {
      [path]: { content: script, mode: 0o755 },
      [`etc/systemd/system/${unit}`]: { content, mode: 0o644 },
    },
  };
}
