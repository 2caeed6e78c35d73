import type { Log } from '../../model/seams.ts';
import { GuardedSink } from '../channel/guarded-sink.ts';
import type { UpstreamSink } from '../contract.ts';
import type { Aside } from './ask.ts';

/** A call's sink, which hears as well of what the bridge says because of the call, be it over or not. */
export class CallSink extends GuardedSink {
  readonly aside: Aside;

  constructor(sink: UpstreamSink, signal: AbortSignal, log: Log) {
    super(sink, signal, log);
    this.aside = (method) => sink.aside?.(method);
  }
}
