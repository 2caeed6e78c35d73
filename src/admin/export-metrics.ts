import { Counter, Gauge, type Registry } from 'prom-client';
import type { ExportFigures } from '../export/export-news.ts';

/** What is counted of exports of transcripts. */
export function exportMetrics(figures: () => readonly ExportFigures[], registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (figures: ExportFigures) => number) =>
    new Gauge({
      ...{ name: `sallyport_export_${name}`, help, labelNames: ['export'] as const, registers },
      collect() {
        this.reset();
        for (const one of figures()) this.set({ export: one.name }, value(one));
      },
    });
  gauge('lag_steps', 'Recorded steps that an export has yet to pass.', ({ behind }) => behind);
  gauge('lag_seconds', 'Age of the oldest of them; 0 where there is none.', ({ oldest }) =>
    oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1_000,
  );
  gauge(
    'retention_waits',
    'Whether retention keeps steps only because an export has yet to take them.',
    ({ retention }) => Number(retention === 'waits'),
  );
  gauge('failing', 'Whether the last try of an export failed.', ({ failing }) => Number(failing));
  new Counter({
    name: 'sallyport_export_records_total',
    help: 'Records that were taken (sent), and steps that retention removed before they could be exported (missed).',
    labelNames: ['export', 'how'] as const,
    registers,
    collect() {
      this.reset();
      for (const { name, sent, missed } of figures()) {
        this.inc({ export: name, how: 'sent' }, sent);
        this.inc({ export: name, how: 'missed' }, missed);
      }
    },
  });
  new Counter({
    name: 'sallyport_export_failures_total',
    help: 'Tries to export that failed; each is made again.',
    labelNames: ['export'] as const,
    registers,
    collect() {
      this.reset();
      for (const { name, failed } of figures()) this.inc({ export: name }, failed);
    },
  });
}
