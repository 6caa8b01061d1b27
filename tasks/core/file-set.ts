/** Files as pure data: renderers make them, and one writer writes them to the disk. */

/** One file. */
export interface RenderedFile {
  readonly content: string;
  /** POSIX mode; 0o600 for a file with a secret. Default 0o644. */
  readonly mode?: number;
}

/** Relative path, with `/`, to file. Iteration order is the order of writing. */
export type FileSet = ReadonlyMap<string, RenderedFile>;
