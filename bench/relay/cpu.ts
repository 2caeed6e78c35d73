/** Processor time spent so far, in microseconds: by the whole process, and by its main thread. */
export function cpu(): { readonly all: number; readonly main: number } {
  const { user, system } = process.cpuUsage();
  const main = process.threadCpuUsage();
  return { all: user + system, main: main.user + main.system };
}
