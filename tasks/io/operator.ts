/** Who is at work. */

/** The person's name, behind sudo too; `unknown` where nothing tells, as in cron. */
export function operatorName(env: NodeJS.ProcessEnv): string {
  return env.SUDO_USER ?? env.USER ?? env.LOGNAME ?? "unknown";
}
