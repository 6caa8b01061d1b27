#!/usr/bin/env node
// Starts the bundled command line; rebuilds the bundle first when a source is newer.
import { build, isFresh } from "./build.mjs";

if (!isFresh()) await build();
await import("../dist/main.js");
