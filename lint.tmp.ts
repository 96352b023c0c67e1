import { lintCommand } from './shared/cli/lint.ts';
process.exitCode = await lintCommand.run(process.argv.slice(2), {out: console.log, err: console.error});
