/** The user who runs kube-magic. */

/** The person's name, behind sudo too; `unknown` when no variable names it, as in cron. */
export function operatorName(env: NodeJS.ProcessEnv): string {
  return env.SUDO_USER ?? env.USER ?? env.LOGNAME ?? "unknown";
}
